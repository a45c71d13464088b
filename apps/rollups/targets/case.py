"""One result held against one target, with everything that its judgement may look at. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil, floor

from apps.plans.enums import Aggregation, Basis, Kind
from apps.rollups.aggregates import Statistics
from apps.rollups.subjects import Aim, Course, Moment, Subject

UNCOUNTED = frozenset({Aggregation.WEIGHTED_CV, Aggregation.MIN, Aggregation.MAX})


@dataclass(frozen=True)
class Case:
    """A result and its target. `change` is not None where the target speaks of one.

    `value` and all that is derived from it are in the indicator's unit, percentages in points.
    """

    subject: Subject
    statistics: Statistics
    aim: Aim
    moment: Moment
    value: Fraction
    change: Fraction | None = None
    baseline: Fraction | None = None
    course: Course = field(default_factory=Course)

    @property
    def target(self) -> Fraction:
        """The number of the target; a target without one asks for the whole."""
        return Fraction(self.subject.scale) if self.aim.value is None else self.aim.value

    @property
    def measured(self) -> Fraction:
        """The quantity the target speaks of: the value, or its change against the baseline."""
        if self.subject.basis == Basis.CHANGE:
            assert self.change is not None
            return self.change
        return self.value

    @property
    def deadline(self) -> dt.date:
        return self.moment.deadline(self.subject, self.aim)

    @property
    def deadline_quarter(self) -> int:
        return self.moment.deadline_quarter(self.subject, self.aim)

    @property
    def is_over(self) -> bool:
        """Tell whether the deadline has passed for the quarter judged."""
        return self.moment.has_passed(self.deadline)

    @property
    def as_of(self) -> int:
        assert self.moment.as_of is not None
        return self.moment.as_of

    @property
    def reports_are_in(self) -> bool:
        return self.moment.reports_are_in(self.statistics)

    @property
    def elapsed(self) -> int:
        """The last quarter whose reports are in, or should be: missing never looks like behind."""
        if self.reports_are_in:
            return self.as_of
        return max((quarter for quarter in self.subject.due_quarters if quarter < self.as_of), default=0)

    @property
    def earlier(self) -> tuple[int, Fraction] | None:
        """The measurement before this one, the locked baseline (quarter 0) where there is none."""
        before = {q: value for q, value in self.course.this_year.items() if q < self.as_of}
        if before:
            return max(before.items())
        return None if self.baseline is None else (0, self.baseline)

    def at(self, value: Fraction) -> Case:
        """Return the same case with another value."""
        change = None if self.change is None else self.change + value - self.value
        return replace(self, value=value, change=change)

    def step(self) -> Fraction | None:
        """The value of one whole thing: a child of the denominator, a school, a step; None where none is."""
        if self.subject.kind == Kind.AMOUNT or self.subject.aggregation in UNCOUNTED:
            return None
        if self.subject.aggregation == Aggregation.SHARE_TRUE:
            parts: Fraction | None = Fraction(self.statistics.n_reported)
        else:
            parts = self.statistics.denominator if self.subject.has_denominator else Fraction(1)
        if not parts or parts < 0 or not self.subject.counts_whole:
            return None
        return Fraction(self.subject.scale) / parts

    def whole(self, size: Fraction) -> Fraction | None:
        """Return the smallest whole number of things that `size` (≥ 0) takes, exactly.

        At an unchanged denominator d a rate needs n·scale ≥ size·d: n = ⌈size·d ÷ scale⌉.
        """
        step = self.step()
        return None if step is None else Fraction(ceil(size / step))

    def whole_down(self, size: Fraction) -> Fraction:
        """Return the largest part of `size` that whole things can make up; of an amount, all of it."""
        step = self.step()
        return size if step is None else floor(size / step) * step

    def whole_up(self, size: Fraction) -> Fraction:
        """Return the smallest number of whole things that holds `size`; of an amount, just that."""
        step = self.step()
        return size if step is None else ceil(size / step) * step
