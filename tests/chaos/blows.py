"""A blow: somebody presses, something dies at that moment, the person tries again, all is counted."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import requests
from django.db import DatabaseError, connection

from .steps import STEPS, Step
from .victims import strike, wait_for_return
from .world import World, doubled_notices, patiently, until, wait_until_served, wrong_results

FORGOTTEN_SECONDS = 240.0
"""A job whose message was lost is sent again after two minutes."""
DELAYS = (0.0, 0.06)
"""Seconds between the press and the kill: before it arrives, and in the middle of it."""


@dataclass
class Row:
    """One line of the table."""

    step: str
    victim: str
    told: str
    lost: int
    doubled: int
    messages: int
    seconds: float


def blow(world: World, step_name: str, victim: str, delay: float) -> Row:
    """Do a step while a part dies."""
    step = patiently(lambda: STEPS[step_name](world))
    said: list[bool] = []
    presser = threading.Thread(target=lambda: said.append(_press(step)))
    presser.start()
    time.sleep(delay)
    gone = strike(victim, world.folder)
    begun = time.monotonic()
    presser.join()
    wait_for_return(victim, world.folder, gone)
    wait_until_served(world.home)
    told = said == [True]
    if told and step_name not in ("roll up", "export"):
        lost_at_once = int(not patiently(step.is_done))
    else:
        lost_at_once = 0
        if not told and not patiently(step.is_done):
            press_again(step)
    until(step.is_done, f"{step_name} while {victim} died", FORGOTTEN_SECONDS)
    seconds = time.monotonic() - begun
    verdict = patiently(lambda: step.verdict(told))
    wrong = len(wrong_results(world.district.plan))
    return Row(
        step_name,
        victim,
        "at once" if told else "after a second try",
        verdict.lost + lost_at_once + wrong,
        verdict.doubled,
        patiently(doubled_notices),
        seconds,
    )


def press_again(step: Step, times: int = 5) -> None:
    """As a person who was told nothing: look, and press again while it is not done."""
    for _again in range(times):
        if _press(step) or patiently(step.is_done):
            return


def _press(step: Step) -> bool:
    """Whether the person was told that it is done; whatever breaks on the way is a no."""
    try:
        return step.press()
    except (requests.RequestException, DatabaseError, IndexError, KeyError):
        return False
    finally:
        connection.close()
