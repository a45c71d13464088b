"""Finding and watching Chromium."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium_path() -> str:
    """The system's browser, or an error that says how to get one; never a silent skip."""
    candidates = (os.environ.get("CHROMIUM_PATH"), *map(shutil.which, NAMES))
    if found := next(filter(None, candidates), None):
        return found
    raise RuntimeError("no Chromium on this machine; run tools/ensure_chromium.sh or set CHROMIUM_PATH")


def chromium_arguments() -> list[str]:
    """Quiet, reproducible, and runnable as root in a container."""
    return [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]


def watch(page, home: str) -> list[str]:
    """A list that fills with script errors and with requests that would leave the bureau's network."""
    complaints: list[str] = []

    def on_request(request) -> None:
        if not request.url.startswith((home, "data:", "blob:", "about:")):
            complaints.append(f"request to another host: {request.url}")

    page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
    page.on("request", on_request)
    return complaints
