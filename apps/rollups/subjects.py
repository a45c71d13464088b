"""What a judgement is about: the indicator, the target, the moment. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from apps.plans.enums import Basis, ScheduleKind, TargetLevel, TargetOperator
from apps.plans.schedules.rules import ADDITIVE, CUMULATIVE, builds_up
from apps.rollups import aggregates
from apps.rollups.aggregates import Statistics

NEEDS_BASELINE = frozenset({TargetOperator.INCREASE_BY, TargetOperator.DECREASE_BY, TargetOperator.NO_WORSE})


@dataclass(frozen=True)
class Subject:
    """What of an indicator its judgement depends on. `scale` is 100 for percentages.

    `is_split`: numerator and denominator come from different reporters. `counts_whole`: the numerator counts
    children, schools, steps. `is_estimated`: a fact of it is itself an estimate.
    """

    aggregation: str
    accumulation: str
    kind: str
    due_quarters: tuple[int, ...]
    basis: str = Basis.VALUE
    scale: int = 1
    has_denominator: bool = False
    always_provisional: bool = False
    is_split: bool = False
    counts_whole: bool = True
    is_estimated: bool = False

    @property
    def is_cumulative(self) -> bool:
        """Tell whether it can only grow within the year."""
        return self.accumulation in CUMULATIVE

    @property
    def is_additive(self) -> bool:
        """Tell whether every further report adds to it."""
        return self.aggregation in ADDITIVE and not self.has_denominator

    @property
    def is_scheduled(self) -> bool:
        """Tell whether it is built up over the year: counts and amounts that accumulate, and milestones."""
        return builds_up(
            kind=self.kind,
            aggregation=self.aggregation,
            accumulation=self.accumulation,
            has_denominator=self.has_denominator,
        )

    def value(self, statistics: Statistics) -> Fraction | None:
        """Return the value in the indicator's unit.

        Children of some kindergartens over the population of the whole district are no rate of anything:
        where the parts of a quotient have different reporters there is none until everyone has reported.
        """
        if self.is_split and not statistics.is_complete:
            return None
        return aggregates.value_of(
            statistics, aggregation=self.aggregation, scale=self.scale, has_denominator=self.has_denominator
        )


@dataclass(frozen=True)
class Schedule:
    """By when how much is expected; `checkpoints` are four running totals in the indicator's unit."""

    kind: str = ScheduleKind.EVEN
    checkpoints: tuple[Fraction, ...] = ()


@dataclass(frozen=True)
class Aim:
    """A target revision as exact numbers, with the schedule in force."""

    operator: str
    value: Fraction | None = None
    value_max: Fraction | None = None
    level: str = TargetLevel.DISTRICT
    due_on: dt.date | None = None
    schedule: Schedule = Schedule()


@dataclass(frozen=True)
class Course:
    """What has been measured: quarter → value, this year up to the as-of quarter and the year before.

    `partial` are the earlier quarters of this year whose reports are not all in.
    """

    this_year: Mapping[int, Fraction] = field(default_factory=dict)
    last_year: Mapping[int, Fraction] = field(default_factory=dict)
    partial: frozenset[int] = frozenset()


@dataclass(frozen=True)
class QuarterDates:
    """The last day of a quarter and the day its reports are due."""

    ends_on: dt.date
    due_on: dt.date


@dataclass(frozen=True)
class Moment:
    """The quarter judged, the quarter its figures are of (None: nothing due yet), and today.

    `calendar` holds every quarter of the plan that has a period, the judged one and the as-of one among them.
    """

    quarter: int
    as_of: int | None
    today: dt.date
    calendar: Mapping[int, QuarterDates]
    on_track_ratio: Fraction = Fraction(1)
    at_risk_ratio: Fraction = Fraction(4, 5)
    step_tolerance_days: int = 15

    def is_between_measurements(self, subject: Subject) -> bool:
        """Tell whether the figures are carried into a quarter that measures nothing, with one to come."""
        return self.quarter not in subject.due_quarters and max(subject.due_quarters) > self.quarter

    def deadline(self, subject: Subject, aim: Aim) -> dt.date:
        """Return the target's due date, else the last day of the last quarter that reports it."""
        known = [quarter for quarter in subject.due_quarters if quarter in self.calendar] or [
            max(self.calendar)
        ]
        return aim.due_on or self.calendar[max(known)].ends_on

    def deadline_quarter(self, subject: Subject, aim: Aim) -> int:
        """Return the deadline's quarter, counted on past 4 for a deadline after the year."""
        if aim.due_on is None:
            return max(subject.due_quarters)
        year = self.calendar[self.quarter].ends_on.year
        return max(1, (aim.due_on.year - year) * 4 + (aim.due_on.month + 2) // 3)

    def has_passed(self, deadline: dt.date) -> bool:
        """Tell whether the deadline is over and the quarter judged reaches up to it."""
        return self.today > deadline and self.calendar[self.quarter].ends_on >= deadline

    def reports_are_in(self, statistics: Statistics) -> bool:
        """Tell whether the as-of quarter is fully reported, or should be by now."""
        return statistics.is_complete or self.today > self.calendar[self.as_of or self.quarter].due_on
