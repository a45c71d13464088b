"""What is expected by now of what builds up over the year, and the light that follows. Pure."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from apps.plans.enums import Kind, ScheduleKind
from apps.rollups.enums import Reason, Status
from apps.rollups.targets.case import Case


def share_by(case: Case, quarter: int) -> Fraction:
    """Return the share of the target that the schedule asks for by the end of `quarter`, 0 to 1."""
    last = case.deadline_quarter
    if case.aim.schedule.kind == ScheduleKind.DUE_QUARTERS:
        due = [one for one in case.subject.due_quarters if one <= last] or [last]
        return Fraction(sum(one <= quarter for one in due), len(due))
    return min(Fraction(1), Fraction(quarter, last))


def expected_by(case: Case, quarter: int, limit: Fraction) -> Fraction:
    """Return how much of `limit` is expected by the end of `quarter`, exactly, never more than `limit`."""
    checkpoints = case.aim.schedule.checkpoints
    if case.aim.schedule.kind == ScheduleKind.CHECKPOINTS and len(checkpoints) == 4:
        return min(limit, checkpoints[quarter - 1]) if quarter else Fraction(0)
    return limit * share_by(case, quarter)


def required(case: Case, limit: Fraction) -> Fraction:
    """Return what counts as on track now: the expectation times the plan's ratio, in whole things."""
    return case.whole_down(expected_by(case, case.elapsed, limit) * case.moment.on_track_ratio)


def tolerated(case: Case, limit: Fraction) -> Fraction:
    """Return what still counts as at risk, never more than what is required.

    Of whole things whole ones, rounded up: one of one that is missing is off track.
    """
    expected = case.whole_down(expected_by(case, case.elapsed, limit))
    return min(required(case, limit), case.whole_up(expected * case.moment.at_risk_ratio))


def light(case: Case, measured: Fraction, limit: Fraction) -> tuple[Status, Reason]:
    """Return the light of a value that has not reached its limit while there is time."""
    if measured >= required(case, limit):
        return Status.ON_TRACK, Reason.ON_SCHEDULE
    if case.subject.kind == Kind.MILESTONE:
        days = days_overdue(case, measured, limit)
        if days <= case.moment.step_tolerance_days:
            return Status.AT_RISK, Reason.STEP_OVERDUE
    elif measured >= tolerated(case, limit):
        return Status.AT_RISK, Reason.SLIGHTLY_BEHIND
    return Status.OFF_TRACK, Reason.BEHIND_SCHEDULE


def days_overdue(case: Case, measured: Fraction, limit: Fraction) -> int:
    """Return how long the first missing step is overdue at the end of the last reported quarter.

    A step is due on the last day of the quarter that first asks for it.
    """
    calendar = case.moment.calendar
    asked = [
        quarter
        for quarter in sorted(calendar)
        if quarter <= case.elapsed
        and case.whole_down(expected_by(case, quarter, limit) * case.moment.on_track_ratio) > measured
    ]
    if not asked:
        return 0
    counted: dt.date = calendar[case.elapsed].ends_on
    return (counted - calendar[asked[0]].ends_on).days
