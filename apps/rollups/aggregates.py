"""From sufficient statistics to values. Pure and exact: every number is a Fraction until it is displayed.

The weighted coefficient of variation is that of the national rules for balanced compulsory education
(教督〔2017〕6号): between-school deviation weighted by enrolment, around Σ numerator / Σ denominator.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import isqrt

from apps.plans.enums import Aggregation

PERCENT_UNITS = frozenset({"%", "个百分点"})
STORED_DECIMALS = 8
_ROOT_DIGITS = 30


@dataclass(frozen=True)
class Statistics:
    """What a result holds (`models.SufficientStatistics`), as exact numbers; None: nothing reported."""

    n_due: int = 0
    n_reported: int = 0
    n_not_applicable: int = 0
    n_true: int = 0
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    sum_ratio_squares: Fraction | None = None
    minimum: Fraction | None = None
    maximum: Fraction | None = None

    def __add__(self, other: Statistics) -> Statistics:
        joined = {}
        for field in fields(self):
            join = {"minimum": min, "maximum": max}.get(field.name, lambda left, right: left + right)
            joined[field.name] = _join(getattr(self, field.name), getattr(other, field.name), join)
        return Statistics(**joined)

    @cached_property
    def values(self) -> dict[tuple[str, int, bool], Fraction | None]:
        """What `value_of` has made of it."""
        return {}

    @property
    def n_expected(self) -> int:
        """Units that owe a number: due, without those it does not apply to."""
        return self.n_due - self.n_not_applicable

    @property
    def is_complete(self) -> bool:
        return self.n_reported == self.n_expected


def _join(left, right, join):  # type: ignore[no-untyped-def]
    if left is None or right is None:
        return left if right is None else right
    return join(left, right)


def total(parts: Iterable[Statistics]) -> Statistics:
    """Return the statistics of the whole; of no parts, the neutral element."""
    whole = Statistics()
    for part in parts:
        whole += part
    return whole


def scale_of(*, aggregation: str, unit: str, has_denominator: bool) -> int:
    """Return 100 for values shown as a percentage, else 1."""
    is_share = aggregation == Aggregation.SHARE_TRUE
    return 100 if is_share or (has_denominator and unit in PERCENT_UNITS) else 1


def ratio(numerator: Fraction | None, denominator: Fraction | None) -> Fraction | None:
    """Return the exact quotient; None when a part is missing or the denominator is 0 (it does not apply)."""
    if numerator is None or not denominator:
        return None
    return numerator / denominator


def value_of(
    statistics: Statistics, *, aggregation: str, scale: int = 1, has_denominator: bool = False
) -> Fraction | None:
    """Return the value in the indicator's unit, or None when there is none.

    The weighted coefficient of variation is returned as an exact value only where it is one; compare
    `squared_cv` against squares instead, and use `root` for display.
    """
    key = (aggregation, scale, has_denominator)
    if key not in statistics.values:
        value = _plain_value(statistics, aggregation, has_denominator=has_denominator)
        statistics.values[key] = None if value is None else value * scale
    return statistics.values[key]


def _plain_value(statistics: Statistics, aggregation: str, *, has_denominator: bool) -> Fraction | None:
    match aggregation:
        case Aggregation.RATIO_OF_SUMS:
            value = ratio(statistics.numerator, statistics.denominator)
        case Aggregation.SHARE_TRUE:
            known = statistics.numerator is not None
            value = ratio(Fraction(statistics.n_true), Fraction(statistics.n_reported)) if known else None
        case Aggregation.COUNT_TRUE:
            value = Fraction(statistics.n_true) if statistics.numerator is not None else None
        case Aggregation.MIN:
            value = statistics.minimum
        case Aggregation.MAX:
            value = statistics.maximum
        case Aggregation.WEIGHTED_CV:
            square = squared_cv(statistics)
            value = None if square is None else root(square)
        case _:
            quotient = ratio(statistics.numerator, statistics.denominator)
            value = quotient if has_denominator else statistics.numerator
    return value


def squared_cv(statistics: Statistics) -> Fraction | None:
    """Return CV² = D·Σ(n²/d)/N² − 1, N = Σn, D = Σd, over at least two schools; None where undefined.

    Source: 教督〔2017〕6号, CV = sqrt(Σ (d_i/D)·(n_i/d_i − N/D)²) / (N/D).
    """
    numerator, denominator = statistics.numerator, statistics.denominator
    squares = statistics.sum_ratio_squares
    if statistics.n_reported < 2 or not numerator or not denominator or squares is None:
        return None
    return max(Fraction(0), denominator * squares / numerator**2 - 1)


def squares_of(schools: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
    """Return Σ n²/d of (numerator, denominator) pairs whose denominators are positive."""
    return sum((numerator**2 / denominator for numerator, denominator in schools), Fraction(0))


def root(square: Fraction) -> Fraction:
    """Return the square root to 30 decimals, for display only."""
    unit = 10**_ROOT_DIGITS
    return Fraction(isqrt(square.numerator * unit**2 // square.denominator), unit)


def exact(number: Decimal | None) -> Fraction | None:
    """Return a stored number as a Fraction."""
    return None if number is None else Fraction(number)


def to_decimal(number: Fraction | None, places: int = STORED_DECIMALS) -> Decimal | None:
    """Return the number rounded half away from zero to `places` decimals, for storing and display."""
    return None if number is None else _rounded(number.numerator, number.denominator, places)


def quotient(
    numerator: Decimal | None, denominator: Decimal | None, *, scale: int = 1, places: int = STORED_DECIMALS
) -> Decimal | None:
    """Return `to_decimal` of `ratio` × `scale` of stored numbers, without a fraction in its lowest terms."""
    if numerator is None or not denominator:
        return None
    (above, over), (below, under) = numerator.as_integer_ratio(), denominator.as_integer_ratio()
    return _rounded(above * under * scale, over * below, places)


def _rounded(above: int, below: int, places: int) -> Decimal:
    """Round above ÷ below half away from zero, whatever they have in common."""
    is_negative = (above < 0) != (below < 0)
    above, below = abs(above) * 10**places, abs(below)
    whole = (2 * above + below) // (2 * below)
    return Decimal(-whole if is_negative else whole).scaleb(-places)
