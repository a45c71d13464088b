"""Redis is killed and does not come back for as long as somebody says; people work on meanwhile."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from lusong_edu.embedded.places import places

from .blows import Row
from .steps import Accept, Submit
from .victims import VICTIMS, wait_for_return
from .world import World, doubled_notices, patiently, wrong_results

SLOWEST = 8.0
"""Seconds that a step may take at most while Redis is away."""
PAUSE = 60.0
"""Seconds between one school's return and the next one's."""


def redis_gone(world: World, length: float) -> Row:
    """Each minute a school hands in and an office accepts, without Redis; then it is back."""
    taken: list[float] = []
    refused = 0
    begun = time.monotonic()
    with without_redis(world):
        while True:
            round_begun = time.monotonic()
            for kind in (Submit, Accept):
                step = kind(world)
                pressed = time.monotonic()
                if not press(step) or not patiently(step.is_done):
                    refused += 1
                taken.append(time.monotonic() - pressed)
            note(f"{len(taken)} steps, {refused} refused, the last in {taken[-1]:.2f} s")
            left = length - (time.monotonic() - begun)
            if left <= 0:
                break
            time.sleep(min(left, max(0.0, PAUSE - (time.monotonic() - round_begun))))
    back = time.monotonic()
    wait_for_return("redis", world.folder, [])
    wrong = len(wrong_results(world.district.plan))
    seconds = time.monotonic() - back
    words = f"{len(taken)} steps done, {max(taken):.1f} s the slowest"
    lost = refused + wrong + int(max(taken) > SLOWEST)
    return Row("work", f"redis gone {length:.0f} s", words, lost, 0, doubled_notices(), seconds)


def press(step: Submit | Accept) -> bool:
    """Whether the person was told, at the first try, that it is done."""
    try:
        return step.press()
    except requests.RequestException:
        return False


def note(words: str) -> None:
    """A line for who waits; the table is on standard output."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {words}\n")
    sys.stderr.flush()


@contextmanager
def without_redis(world: World) -> Iterator[None]:
    """Redis is killed; a folder in the place of its socket keeps the keeper from starting another."""
    socket = places(world.folder).redis_socket
    socket.unlink()
    socket.mkdir()
    for pid in VICTIMS["redis"](world.folder):
        os.kill(pid, signal.SIGKILL)
    try:
        yield
    finally:
        socket.rmdir()
