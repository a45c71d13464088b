"""The parts that are killed, and whether they are back."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from lusong_edu.embedded.places import places
from lusong_edu.embedded.processes import processes_in


def child(name: str) -> Callable[[Path], list[int]]:
    """Process group of a program of the supervisor."""

    def found(folder: Path) -> list[int]:
        with contextlib.suppress(FileNotFoundError, ValueError):
            return [json.loads((folder / f"child-{name}.json").read_text())["pid"]]
        return []

    return found


VICTIMS: dict[str, Callable[[Path], list[int]]] = {
    "web": child("web"),
    "worker": child("worker"),
    "beat": child("beat"),
    "redis": lambda folder: processes_in(places(folder).redis, "redis-server"),
    "postgres": lambda folder: processes_in(places(folder).postgres, "postgres"),
}
GROUPS = ("web", "worker", "beat")


def strike(name: str, folder: Path) -> list[int]:
    """kill -9, with what belongs to it; returns who is gone."""
    pids = VICTIMS[name](folder)
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if name in GROUPS else os.kill)(pid, signal.SIGKILL)
    return pids


def wait_for_return(name: str, folder: Path, gone: list[int], seconds: float = 90) -> None:
    """Returns once other processes have taken its place."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        now = VICTIMS[name](folder)
        if now and set(now).isdisjoint(gone):
            return
        time.sleep(0.05)
    raise AssertionError(f"{name} did not come back")
