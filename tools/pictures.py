"""Make the pictures of the README and of the users' pages from a running instance with demonstration data.

    PORT=8000 make run                     # in another terminal
    .venv/bin/python tools/pictures.py     # --address http://localhost:8000 --into docs/images

Each picture is the top of a page, 1280 × 800 (the phone: 390 × 844), as its reader sees it in Chinese.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

BASE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE))

from tests.support.browser import chromium_arguments, chromium_path  # noqa: E402

PASSWORD = "Lusong-2025"  # noqa: S105 - of the demonstration accounts  # nosec B105
WIDE, PHONE, HALL = (
    {"width": width, "height": height} for width, height in ((1280, 800), (390, 844), (1280, 720))
)
LARGEST = 250_000


def nothing(page: Page) -> None:
    """Take the page as it comes."""


def first_review(page: Page) -> None:
    """Open a return that waits, one with something unusual where there is one."""
    unusual = page.locator("main tbody tr").filter(has_text="!")
    rows = unusual if unusual.count() else page.locator("main tbody tr")
    rows.first.get_by_role("link").click()
    page.wait_for_load_state("networkidle")


def part_of_form(page: Page) -> None:
    """Fill in a few figures, so that the rates show."""
    for label, number in (("抽查的课节数", "36"), ("符合“芦淞137范式”的课节数", "24")):
        page.get_by_label(label, exact=True).fill(number)


@dataclass(frozen=True)
class Picture:
    """A file's name, who looks at which page, and what is done there first."""

    name: str
    username: str
    path: str
    act: Callable[[Page], None] = nothing
    size: dict[str, int] | None = None


PICTURES = (
    Picture("overview", "leader", "/plans/"),
    Picture("area", "leader", "/plans/2025/areas/10/"),
    Picture("indicator", "leader", "/plans/2025/indicators/A09-PUBLIC-SHARE/"),
    Picture("explain", "leader", "/plans/2025/indicators/A09-PUBLIC-SHARE/explain/"),
    Picture("form", "reporter", "/collection/4/", part_of_form),
    Picture("review", "office-tiwei", "/reviews/", first_review),
    Picture("phone", "leader", "/plans/", size=PHONE),
    Picture("release", "leader", "/releases/2025/2/v2/"),
    Picture("screen", "leader", "/screen/", size=HALL),
    Picture("measure", "office-tiwei", "/measures/"),
    Picture("board", "leader", "/completeness/2025/?quarter=4"),
    Picture("exchange", "admin", "/exchange/"),
    Picture("assignments", "admin", "/admin/collection/assignment/"),
    Picture("audit", "auditor", "/audit/"),
)


def sign_in(browser: Browser, address: str, picture: Picture) -> Page:
    """Return a page of the picture's size on which its reader is signed in."""
    context = browser.new_context(
        base_url=address, locale="zh-CN", timezone_id="Asia/Shanghai", viewport=picture.size or WIDE
    )
    page = context.new_page()
    page.goto("/login/")
    page.fill("[name=username]", picture.username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_function("!location.pathname.startsWith('/login')")
    return page


def take(browser: Browser, address: str, picture: Picture, into: Path) -> Path:
    """Take one picture and return its file; raises when it is too large for a README."""
    page = sign_in(browser, address, picture)
    page.goto(picture.path)
    page.wait_for_load_state("networkidle")
    picture.act(page)
    page.wait_for_timeout(500)
    if not (picture.path.startswith(("/admin/", "/screen/")) or page.locator(".datebar").count()):
        raise RuntimeError("this instance does not say that its data are for demonstration")
    file = into / f"{picture.name}.png"
    page.screenshot(path=file, animations="disabled", caret="hide")
    page.context.close()
    if file.stat().st_size > LARGEST:
        raise RuntimeError(f"{file} is larger than {LARGEST} bytes")
    return file


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--address", default="http://localhost:8000")
    parser.add_argument("--into", type=Path, default=BASE / "docs" / "images")
    options = parser.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=chromium_arguments())
        for picture in PICTURES:
            file = take(browser, options.address.rstrip("/"), picture, options.into)
            sys.stdout.write(f"{file} {file.stat().st_size // 1000} kB\n")
        browser.close()


if __name__ == "__main__":
    main()
