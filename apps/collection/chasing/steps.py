"""Which step of the chase has come for a due date. Pure.

Steps are named by their distance from the due date (`before-5`, `after-3`), and by the due date too, so that
a later due date begins the chase anew. Of steps that were missed only the last is taken: nobody gets a pile.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from apps.collection.chasing.workdays import workday_before, workday_from


@dataclass(frozen=True)
class Step:
    """One step of the chase: its name, the working day it comes on, and whether the due date is over then."""

    name: str
    on: dt.date
    is_overdue: bool


def steps_of(
    due_on: dt.date,
    *,
    before: Iterable[int],
    after: Iterable[int],
    exceptions: Mapping[dt.date, bool],
) -> list[Step]:
    """Return the steps for a due date, in order: those before it on or before their day, the others after."""
    mark = due_on.strftime("%m%d")
    early = [
        Step(f"before-{days}-{mark}", workday_before(due_on - dt.timedelta(days=days), exceptions), False)
        for days in sorted(set(before), reverse=True)
    ]
    late = [
        Step(f"after-{days}-{mark}", workday_from(due_on + dt.timedelta(days=days), exceptions), True)
        for days in sorted(set(after))
        if days > 0
    ]
    return early + late


def step_on(steps: Iterable[Step], today: dt.date, *, due_on: dt.date) -> Step | None:
    """Return the last step that has come; one from before the due date lapses with it."""
    come = [step for step in steps if step.on <= today and step.is_overdue == (today > due_on)]
    return come[-1] if come else None
