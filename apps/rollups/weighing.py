"""Met or missed, and when missed, whether there is still time. Pure; rounds nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import floor

from apps.plans.enums import Aggregation, Basis, Kind, TargetLevel, TargetOperator
from apps.rollups import aggregates
from apps.rollups.aggregates import Statistics
from apps.rollups.enums import Status
from apps.rollups.subjects import NEEDS_BASELINE, Aim, Moment, Subject

ZERO = Fraction(0)


class Reason(Enum):
    """Why a light is what it is; `explain` says it in words."""

    NONE = "none"
    MET = "met"
    EXCEEDED = "exceeded"
    WITHIN_LIMIT = "within_limit"
    ON_SCHEDULE = "on_schedule"
    BEHIND_SCHEDULE = "behind_schedule"
    FIRST_VALUE = "first_value"
    IMPROVING = "improving"
    NOT_IMPROVING = "not_improving"
    REPORTS_OUTSTANDING = "reports_outstanding"
    PARTS_OUTSTANDING = "parts_outstanding"
    MISSED = "missed"
    DEADLINE_PASSED = "deadline_passed"


@dataclass(frozen=True)
class Weighing:
    """One result held against one target; `change` is not None where the target speaks of it."""

    subject: Subject
    statistics: Statistics
    aim: Aim
    moment: Moment
    value: Fraction
    change: Fraction | None
    baseline: Fraction | None
    previous: Fraction | None

    @property
    def operator(self) -> str:
        """The comparison; a share of schools that meet their own line must be all of them."""
        return TargetOperator.AT_LEAST if self._is_share_of_schools else self.aim.operator

    @property
    def limit(self) -> Fraction:
        """The number that the measured quantity is held against."""
        if self._is_share_of_schools:
            return Fraction(self.subject.scale)
        if self.operator == TargetOperator.NO_WORSE:
            return ZERO
        if self.aim.value is None:
            return Fraction(self.subject.scale)
        return self.aim.value

    @property
    def measured(self) -> Fraction:
        """The quantity the target speaks of: the value, its change, or the weakest school's."""
        if self.aim.level == TargetLevel.SCHOOL and not self._is_share_of_schools:
            at_most = self.operator == TargetOperator.AT_MOST
            extreme = self.statistics.maximum if at_most else self.statistics.minimum
            return self.value if extreme is None else extreme
        if self._speaks_of_change:
            assert self.change is not None
            return -self.change if self.operator == TargetOperator.DECREASE_BY else self.change
        return self.value

    @property
    def gap(self) -> Fraction:
        """How much is missing to the target, never negative."""
        return _distance(self.operator, self.measured, self.limit)

    @property
    def is_met(self) -> bool:
        if self.subject.aggregation == Aggregation.WEIGHTED_CV and self.measured is self.value:
            square = aggregates.squared_cv(self.statistics)
            return square is not None and _distance(self.operator, square, self.limit**2) == 0
        return self.gap == 0

    @property
    def is_limit(self) -> bool:
        """Tell whether more is worse: an upper limit or zero tolerance, where a miss cannot wait."""
        is_zero = self.operator == TargetOperator.EQUAL and self.limit == 0
        return is_zero or self.operator == TargetOperator.AT_MOST

    @property
    def required(self) -> Fraction | None:
        """What an even schedule asks for by now, None where none applies; of whole things, whole ones.

        A quarter counts once its reports are in, or should be: missing never looks like behind.
        """
        if not self.subject.is_scheduled or self.is_limit:
            return None
        share = min(
            Fraction(1), Fraction(self._elapsed, self.moment.deadline_quarter(self.subject, self.aim))
        )
        expected = self.limit * share * self.moment.on_track_ratio
        if self.subject.kind == Kind.AMOUNT:
            return expected
        steps = self.statistics.denominator if self.subject.has_denominator else None
        step = Fraction(self.subject.scale) / steps if steps else Fraction(1)
        return floor(expected / step) * step

    def outcome(self) -> tuple[Status, Reason]:
        """Return the light and why."""
        return self._when_met() if self.is_met else self._when_missed()

    @property
    def _is_share_of_schools(self) -> bool:
        return self.aim.level == TargetLevel.SCHOOL and self.subject.aggregation == Aggregation.SHARE_TRUE

    @property
    def _speaks_of_change(self) -> bool:
        return self.operator in NEEDS_BASELINE or self.subject.basis == Basis.CHANGE

    @property
    def _elapsed(self) -> int:
        moment = self.moment
        assert moment.as_of is not None
        if moment.reports_are_in(self.statistics):
            return moment.as_of
        return max((quarter for quarter in self.subject.due_quarters if quarter < moment.as_of), default=0)

    def _when_met(self) -> tuple[Status, Reason]:
        if self.operator == TargetOperator.WITHIN_RANGE and self.measured > (
            self.aim.value_max or self.limit
        ):
            return Status.ACHIEVED, Reason.EXCEEDED
        year_is_reported = self._elapsed >= max(self.subject.due_quarters)
        if self.is_limit and self.subject.is_cumulative and not year_is_reported:
            return Status.ON_TRACK, Reason.WITHIN_LIMIT
        return Status.ACHIEVED, Reason.MET

    def _when_missed(self) -> tuple[Status, Reason]:
        if self.is_limit or (self.operator == TargetOperator.EQUAL and self.measured > self.limit):
            return Status.OFF_TRACK, Reason.MISSED
        if self.moment.has_passed(self.moment.deadline(self.subject, self.aim)):
            return Status.OFF_TRACK, Reason.DEADLINE_PASSED
        if (required := self.required) is not None:
            behind = self.measured < required
            return (
                (Status.OFF_TRACK, Reason.BEHIND_SCHEDULE)
                if behind
                else (Status.ON_TRACK, Reason.ON_SCHEDULE)
            )
        if self.subject.is_additive and not self.moment.reports_are_in(self.statistics):
            return Status.ON_TRACK, Reason.REPORTS_OUTSTANDING
        return self._by_trend()

    def _by_trend(self) -> tuple[Status, Reason]:
        earlier = self.previous if self.previous is not None else self.baseline
        if earlier is None:
            return Status.ON_TRACK, Reason.FIRST_VALUE
        falling_is_wanted = self.operator == TargetOperator.DECREASE_BY
        if self.value < earlier if falling_is_wanted else self.value > earlier:
            return Status.ON_TRACK, Reason.IMPROVING
        return Status.OFF_TRACK, Reason.NOT_IMPROVING


def _distance(operator: str, measured: Fraction, limit: Fraction) -> Fraction:
    if operator == TargetOperator.AT_MOST:
        return max(ZERO, measured - limit)
    if operator == TargetOperator.EQUAL:
        return abs(measured - limit)
    return max(ZERO, limit - measured)
