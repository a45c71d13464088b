"""An area's measures along the plan year: where their dates stand, in per cent of the year. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from apps.core.display import Sign
from apps.dashboards.measure_signs import SIGNS, days_overdue
from apps.plans.enums import StepStatus
from apps.plans.measures.workflow import SAID_COMPLETED
from apps.plans.models import Measure

QUARTER_STARTS = ("0", "25", "50", "75")
LABEL_FROM_RIGHT = 70.0


@dataclass(frozen=True)
class Mark:
    """A point on the year's line; `x` is in per cent, as an SVG attribute writes it."""

    x: str
    date: dt.date
    shape: str
    css: str
    is_left_of_label: bool


@dataclass(frozen=True)
class Track:
    """One measure on the line: its due date or, once completed, that day, and its dated steps.

    `mark` is None while nobody has decided a date.
    """

    measure: Measure
    sign: Sign
    overdue: int
    mark: Mark | None
    ticks: Sequence[str]
    n_done: int
    n_steps: int


@dataclass(frozen=True)
class Timeline:
    """The tracks of one area and where the business date stands."""

    tracks: Sequence[Track]
    today: str | None
    year: int

    @property
    def n_undated(self) -> int:
        return sum(track.measure.due_on is None for track in self.tracks)


def position(date: dt.date, year: int) -> float:
    """Return where a date stands in its year, each quarter a quarter of the line: 0 to 100."""
    if date.year != year:
        return 0.0 if date.year < year else 100.0
    quarter = (date.month - 1) // 3
    start = dt.date(year, quarter * 3 + 1, 1)
    end = dt.date(year + quarter // 3, (quarter + 1) % 4 * 3 + 1, 1)
    return 25 * (quarter + (date - start).days / (end - start).days)


def percent(place: float) -> str:
    """Return a place as an attribute writes it, whatever the language."""
    return f"{place:.2f}%"


def timeline_of(measures: Sequence[Measure], *, year: int, today: dt.date) -> Timeline:
    """Return the tracks of measures whose steps are prefetched."""
    return Timeline(
        tracks=[_track(measure, year, today) for measure in measures],
        today=percent(position(today, year)) if today.year == year else None,
        year=year,
    )


def _track(measure: Measure, year: int, today: dt.date) -> Track:
    steps = [step for step in measure.steps.all() if step.status != StepStatus.DROPPED]
    sign = SIGNS[measure.status]
    date = measure.completed_on if measure.status in SAID_COMPLETED else measure.due_on
    return Track(
        measure=measure,
        sign=sign,
        overdue=days_overdue(measure, today),
        mark=_mark(date, sign, year) if date else None,
        ticks=[percent(position(step.due_on, year)) for step in steps if step.due_on],
        n_done=sum(step.status == StepStatus.DONE for step in steps),
        n_steps=len(steps),
    )


def _mark(date: dt.date, sign: Sign, year: int) -> Mark:
    place = position(date, year)
    kept = min(max(place, 1.5), 98.5)
    return Mark(percent(kept), date, sign.shape, sign.css, place < LABEL_FROM_RIGHT)
