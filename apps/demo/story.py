"""How far each return of the demonstration has come, and when. Pure, from fixtures/demo/stages.yaml."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import yaml
from django.conf import settings

from apps.demo.district import random_for


class Course(StrEnum):
    """How a return has fared."""

    NOT_STARTED = "not_started"
    DRAFT = "draft"
    WAITING = "waiting"
    PARTLY = "partly"
    RETURNED = "returned"
    CORRECTED = "corrected"
    ACCEPTED = "accepted"


DECIDED = frozenset({Course.ACCEPTED, Course.CORRECTED, Course.PARTLY, Course.RETURNED})


class Window(Protocol):
    """The days of a period that matter here."""

    quarter: int
    opens_on: dt.date
    due_on: dt.date


@dataclass(frozen=True)
class Days:
    """When a return was started, handed in (again) and decided."""

    started: dt.date
    submitted: dt.date
    returned: dt.date
    resubmitted: dt.date
    decided: dt.date


@cache
def definition() -> dict[str, Any]:
    path = Path(settings.BASE_DIR) / "fixtures" / "demo" / "stages.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def stage_names() -> list[str]:
    return list(definition()["stages"])


def business_date(stage: str) -> dt.date:
    return definition()["stages"][stage]["date"]


def quarters_begun(stage: str) -> list[int]:
    return list(definition()["stages"][stage]["quarters"])


def courses(stage: str, quarter: int, owing: Mapping[str, str]) -> dict[str, Course]:
    """Return the course of every organisation that owes a return.

    Args:
        owing: organisation code → its type; the shares hold within each type.
    """
    mix = definition()["mixes"][definition()["stages"][stage]["quarters"][quarter]]
    fixed = definition()["fixed"].get(stage, {}).get(quarter, {})
    drawn: dict[str, Course] = {}
    for kind in sorted(set(owing.values())):
        free = sorted(code for code, its_kind in owing.items() if its_kind == kind and code not in fixed)
        random_for("course", quarter, kind).shuffle(free)
        drawn |= dict(zip(free, _spread(mix, len(free)), strict=True))
    return drawn | {code: Course(course) for code, course in fixed.items() if code in owing}


def _spread(mix: Mapping[str, int], count: int) -> Iterable[Course]:
    """Return `count` courses in the mix's shares, the rounding spread evenly."""
    bounds, total = [], 0
    for course, percent in mix.items():
        total += percent
        bounds.append((total, Course(course)))
    return [
        next(course for bound, course in bounds if (place + 0.5) * 100 / count < bound)
        for place in range(count)
    ]


def days(code: str, window: Window, course: Course, today: dt.date) -> Days:
    """Return the days of one return; none after `today`, late ones after the due date."""
    luck = random_for("days", code, window.quarter)
    late = luck.random() * 100 < definition()["late_percent"]
    open_days = max(1, (min(window.due_on, today) - window.opens_on).days)
    started = window.opens_on + dt.timedelta(days=luck.randint(0, open_days * 2 // 3))
    submitted = started + dt.timedelta(days=luck.randint(1, max(1, open_days // 4)))
    if late:
        submitted = window.due_on + dt.timedelta(days=luck.randint(1, 12))
    returned = submitted + dt.timedelta(days=luck.randint(1, 3))
    resubmitted = returned + dt.timedelta(days=luck.randint(1, 3))
    decided = (resubmitted if course == Course.CORRECTED else submitted) + dt.timedelta(
        days=luck.randint(1, 4)
    )
    return Days(*(min(day, today) for day in (started, submitted, returned, resubmitted, decided)))
