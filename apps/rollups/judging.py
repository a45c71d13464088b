"""Judging a result against its target. Pure, and exact until something is displayed.

The order of the questions is the rule: no target, no light; an unconfirmed one gives none; then whether
anything was due, whether anything was reported, whether a needed baseline is there; only then met or missed.
`docs/methods.md` says the same in words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from apps.plans.enums import Basis
from apps.rollups.aggregates import Statistics
from apps.rollups.enums import Status
from apps.rollups.subjects import NEEDS_BASELINE, Aim, Moment, Subject
from apps.rollups.weighing import Reason, Weighing

SEVERITY = (
    Status.OFF_TRACK,
    Status.NO_BASELINE,
    Status.NO_DATA,
    Status.NOT_DUE,
    Status.ON_TRACK,
    Status.ACHIEVED,
)


@dataclass(frozen=True)
class Verdict:
    """A judgement: value, change and gap in the indicator's unit (of percentages: percentage points).

    `gap` is what is missing to the target, 0 when it is met; `required` what an even schedule asks for now.
    """

    status: Status
    reason: Reason = Reason.NONE
    value: Fraction | None = None
    change: Fraction | None = None
    gap: Fraction | None = None
    required: Fraction | None = None
    is_exceeded: bool = False
    is_provisional: bool = False


def judge(
    subject: Subject,
    statistics: Statistics,
    *,
    aim: Aim | None,
    moment: Moment,
    is_proposed: bool = False,
    baseline: Fraction | None = None,
    previous: Fraction | None = None,
    earlier_incomplete: bool = False,
) -> Verdict:
    """Return the verdict on one result.

    Args:
        aim: the confirmed revision in force, None when there is none.
        is_proposed: there is a revision, but the bureau has not confirmed it.
        baseline: the locked baseline's value in the indicator's unit.
        previous: the value of the last due quarter before the as-of one.
        earlier_incomplete: an earlier quarter of a flow lacks reports.
    """
    value = None if subject.is_split and earlier_incomplete else subject.value(statistics)
    change = None if value is None or baseline is None else value - baseline
    is_partial = not statistics.is_complete or earlier_incomplete
    verdict = Verdict(
        status=Status.NO_TARGET,
        value=value,
        change=change,
        is_provisional=value is not None and (subject.always_provisional or is_partial),
    )
    if aim is None:
        return replace(verdict, status=Status.UNCONFIRMED) if is_proposed else verdict
    if moment.as_of is None or (value is None and statistics.n_due == 0):
        return replace(verdict, status=Status.NOT_DUE)
    if value is None:
        waits = subject.is_split and (earlier_incomplete or not statistics.is_complete)
        reason = Reason.PARTS_OUTSTANDING if waits and statistics.n_reported else Reason.NONE
        return replace(verdict, status=Status.NO_DATA, reason=reason)
    if change is None and (aim.operator in NEEDS_BASELINE or subject.basis == Basis.CHANGE):
        return replace(verdict, status=Status.NO_BASELINE)
    weighing = Weighing(subject, statistics, aim, moment, value, change, baseline, previous)
    status, reason = weighing.outcome()
    return replace(
        verdict,
        status=status,
        reason=reason,
        gap=weighing.gap,
        required=weighing.required,
        is_exceeded=reason is Reason.EXCEEDED,
    )


def worst(statuses: Iterable[Status]) -> Status:
    """Return the status of a whole that must hold in each part (a dispersion, stage by stage)."""
    found = set(statuses)
    return next((status for status in SEVERITY if status in found), Status.NO_DATA)
