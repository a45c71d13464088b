"""Judging a result against its target. Pure, and exact until something is displayed.

The order of the questions is the rule: no target, no light; an unconfirmed one gives none; then whether
anything was due, whether anything was reported, whether a needed baseline is there; only then met or missed,
by the target's own type; and between two measurements no light at all. `docs/methods.md` says the same in
words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from apps.plans.enums import Basis
from apps.rollups.aggregates import Statistics
from apps.rollups.enums import Confidence, ForecastBasis, Reason, Status
from apps.rollups.forecasts import Forecast, forecast_of
from apps.rollups.subjects import Aim, Course, Moment, Subject
from apps.rollups.targets import Case, TargetType, type_of
from apps.rollups.targets.parts import SEVERITY

__all__ = ["Reason", "Verdict", "judge", "worst"]


NOT_YET = Forecast(ForecastBasis.NOT_YET)


@dataclass(frozen=True)
class Verdict:
    """A judgement: value, change and gap in the indicator's unit (of percentages: percentage points).

    `gap` is what is missing to the target, 0 when it is met, `gap_units` the same in whole things;
    `achievement` the share of the way; `required` what the schedule asks for now. `carried_status` is the
    light of the last measurement where nothing is measured now, `recovered_from` the quarter that was off
    track before a good light.
    """

    status: Status
    reason: Reason = Reason.NONE
    value: Fraction | None = None
    change: Fraction | None = None
    gap: Fraction | None = None
    gap_units: Fraction | None = None
    achievement: Fraction | None = None
    required: Fraction | None = None
    carried_status: str = ""
    recovered_from: int | None = None
    forecast: Forecast = NOT_YET
    confidence: Confidence = Confidence.NONE
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
    course: Course | None = None,
) -> Verdict:
    """Return the verdict on one result.

    Args:
        aim: the confirmed revision in force, None when there is none.
        is_proposed: there is a revision, but the bureau has not confirmed it.
        baseline: the locked baseline's value in the indicator's unit.
        previous: the value of the last due quarter before the as-of one, where `course` is not known.
        earlier_incomplete: an earlier quarter of a flow lacks reports.
        course: what was measured in the quarters before, this year and the last.
    """
    value = None if subject.is_split and earlier_incomplete else subject.value(statistics)
    course = course or _course(subject, moment, previous, earlier_incomplete)
    verdict = _bare(subject, statistics, value, baseline, earlier_incomplete)
    verdict = replace(
        verdict,
        forecast=forecast_of(
            subject, statistics, moment=moment, course=course, value=value, baseline=baseline
        ),
    )
    if aim is None:
        return replace(verdict, status=Status.UNCONFIRMED) if is_proposed else verdict
    if moment.as_of is None or (value is None and statistics.n_due == 0):
        return replace(verdict, status=Status.NOT_DUE)
    if value is None:
        waits = subject.is_split and (earlier_incomplete or not statistics.is_complete)
        reason = Reason.PARTS_OUTSTANDING if waits and statistics.n_reported else Reason.NONE
        return replace(verdict, status=Status.NO_DATA, reason=reason)
    kind = type_of(operator=aim.operator, value=aim.value, level=aim.level, aggregation=subject.aggregation)
    if verdict.change is None and (kind.needs_baseline or subject.basis == Basis.CHANGE):
        return replace(verdict, status=Status.NO_BASELINE)
    case = Case(subject, statistics, aim, moment, value, verdict.change, baseline, course)
    return _between_measurements(_held_against(verdict, kind, case), case)


def worst(statuses: Iterable[Status]) -> Status:
    """Return the status of a whole that must hold in each part (a dispersion, stage by stage)."""
    found = set(statuses)
    return next((status for status in SEVERITY if status in found), Status.NO_DATA)


def _bare(
    subject: Subject,
    statistics: Statistics,
    value: Fraction | None,
    baseline: Fraction | None,
    earlier_incomplete: bool,
) -> Verdict:
    """Return what can be said without any target."""
    is_partial = not statistics.is_complete or earlier_incomplete
    is_provisional = value is not None and (subject.always_provisional or is_partial)
    confidence = Confidence.NONE
    if value is not None:
        confidence = Confidence.ESTIMATED if subject.is_estimated else Confidence.FINAL
        confidence = Confidence.PROVISIONAL if is_provisional else confidence
    return Verdict(
        status=Status.NO_TARGET,
        value=value,
        change=None if value is None or baseline is None else value - baseline,
        confidence=confidence,
        is_provisional=is_provisional,
    )


def _held_against(verdict: Verdict, kind: TargetType, case: Case) -> Verdict:
    status, reason = kind.outcome(case)
    gap = kind.gap(case)
    return replace(
        verdict,
        status=status,
        reason=reason,
        gap=gap,
        gap_units=kind.gap_units(case) if gap else None,
        achievement=kind.achievement(case),
        required=kind.required(case),
        is_exceeded=reason is Reason.EXCEEDED,
    )


def _between_measurements(verdict: Verdict, case: Case) -> Verdict:
    """A carried figure has no light of its own until the next one; what was completed stays so."""
    is_done = verdict.status is Status.ACHIEVED and case.subject.is_cumulative
    if is_done or not case.moment.is_between_measurements(case.subject):
        return verdict
    return replace(
        verdict,
        status=Status.NOT_DUE,
        reason=Reason.BETWEEN_MEASUREMENTS,
        carried_status=verdict.status.value,
        is_exceeded=False,
    )


def _course(subject: Subject, moment: Moment, previous: Fraction | None, earlier_incomplete: bool) -> Course:
    """Return the course as far as the value before tells it."""
    before = [quarter for quarter in subject.due_quarters if quarter < (moment.as_of or 0)]
    quarter = before[-1] if before else (moment.as_of or 0) - 1
    known = {} if previous is None else {quarter: previous}
    return Course(this_year=known, partial=frozenset(before if earlier_incomplete else ()))
