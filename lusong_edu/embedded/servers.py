"""What the two servers have in common."""

import importlib.util
import subprocess
from pathlib import Path
from typing import Protocol

from .errors import EmbeddedError


class Server(Protocol):
    """An embedded server: prepared once, started as a child, stopped cleanly."""

    name: str

    def start(self) -> subprocess.Popen[bytes]: ...

    def stop(self, process: subprocess.Popen[bytes]) -> None: ...


def wheel_folder(module: str, wheel: str) -> Path:
    """Folder of an installed wheel, found without importing it."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            f"the wheel {wheel} is not installed (it exists for Linux on x86-64 with Python 3.11 or 3.12); "
            "run `docker compose up`, or set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return Path(spec.origin).parent


def end(process: subprocess.Popen[bytes], steps: list[tuple[int, float]]) -> None:
    """Sends each signal in turn until the process is gone, each with its patience in seconds."""
    for signum, patience in steps:
        if process.poll() is not None:
            return
        process.send_signal(signum)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
