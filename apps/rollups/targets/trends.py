"""Stocks and rates on their way to a target: never held against a quarter of it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from apps.rollups.enums import Reason, Status
from apps.rollups.forecasts.stocks import damped
from apps.rollups.targets.case import Case


def projection(case: Case) -> Fraction | None:
    """Return where the value goes by the deadline, None where nothing tells.

    By last year's own path, where it was measured in the same quarters; else by the damped trend since the
    measurement before (the baseline, when there is none).
    """
    horizon = case.deadline_quarter
    last_year = case.course.last_year
    if case.as_of in last_year and horizon in last_year:
        return case.value + last_year[horizon] - last_year[case.as_of]
    if case.earlier is None:
        return None
    quarter, value = case.earlier
    pace = (case.value - value) / (case.as_of - quarter)
    return case.value + damped(pace, max(0, horizon - case.as_of))


def light(case: Case, *, reaches: Callable[[Case], bool], falling_is_wanted: bool) -> tuple[Status, Reason]:
    """Return the light of a value that has not reached its target while there is time.

    Args:
        reaches: whether a case meets the target.
    """
    ahead = projection(case)
    earlier = case.earlier
    if earlier is not None:
        improves = case.value < earlier[1] if falling_is_wanted else case.value > earlier[1]
        if not improves:
            return Status.OFF_TRACK, Reason.NOT_IMPROVING
    elif ahead is None:
        return Status.ON_TRACK, Reason.FIRST_VALUE
    if ahead is not None and not reaches(case.at(ahead)):
        return Status.AT_RISK, Reason.TOO_SLOW
    return Status.ON_TRACK, Reason.IMPROVING
