"""What a forecast looks at and what it says. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from apps.rollups.aggregates import root
from apps.rollups.enums import ForecastBasis
from apps.rollups.subjects import Course, Subject

# Student's t, 90th percentile, by degrees of freedom: the interval holds 80 % of the time.
T_90 = (3078, 1886, 1638, 1533, 1476, 1440, 1415, 1397, 1383, 1372)
T_90_FAR = 1282


@dataclass(frozen=True)
class Forecast:
    """A forecast in the indicator's unit; without a value `basis` says why there is none."""

    basis: ForecastBasis
    value: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None

    @property
    def is_known(self) -> bool:
        return self.value is not None


@dataclass(frozen=True)
class Outlook:
    """A figure measured up to `as_of`, all of whose reports are in, with more to come this year."""

    subject: Subject
    as_of: int
    course: Course
    value: Fraction
    baseline: Fraction | None

    @property
    def measured(self) -> list[tuple[int, Fraction]]:
        """This year's complete measurements in order, the last one being `value`."""
        points = [
            (quarter, value)
            for quarter, value in sorted(self.course.this_year.items())
            if quarter < self.as_of and quarter not in self.course.partial
        ]
        return [*points, (self.as_of, self.value)]

    @property
    def n_to_come(self) -> int:
        return sum(quarter > self.as_of for quarter in self.subject.due_quarters)

    @property
    def last_quarter(self) -> int:
        return max(self.subject.due_quarters)


def increments(points: Sequence[tuple[int, Fraction]]) -> list[Fraction]:
    """Return what each measurement of a running total added, the first one from 0."""
    values = [Fraction(0), *(value for _, value in points)]
    return [after - before for before, after in itertools.pairwise(values)]


def mean(numbers: Sequence[Fraction]) -> Fraction:
    return sum(numbers, Fraction(0)) / len(numbers)


def half_width(numbers: Sequence[Fraction], spread: Fraction) -> Fraction:
    """Return t·√(s²·spread): s² the sample variance of `numbers`, at least two of them."""
    middle = mean(numbers)
    variance = sum(((number - middle) ** 2 for number in numbers), Fraction(0)) / (len(numbers) - 1)
    freedom = len(numbers) - 2
    t = Fraction(T_90[freedom] if freedom < len(T_90) else T_90_FAR, 1000)
    return t * root(variance * spread)
