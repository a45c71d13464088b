"""What the missing reports could make of a figure: the lowest and the highest it could become. Pure.

Of a rate every missing unit could report nothing of its denominator or all of it: between
N ÷ (D + Σd) and (N + Σd) ÷ (D + Σd). Where a denominator is not known, nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from apps.plans.enums import Aggregation, TargetOperator
from apps.rollups.aggregates import Statistics
from apps.rollups.enums import BoundsBasis
from apps.rollups.subjects import Subject
from apps.rollups.targets import Case, type_of

COUNTED = (Aggregation.SHARE_TRUE, Aggregation.COUNT_TRUE)
ONE_DIRECTION = frozenset(TargetOperator) - {TargetOperator.EQUAL, TargetOperator.WITHIN_RANGE}
ADDED = (Aggregation.SUM, Aggregation.DISTRICT_ONLY, Aggregation.LATEST)


@dataclass(frozen=True)
class Bounds:
    """In the indicator's unit; None on a side that nothing limits. `n_unknown` units of unknown size."""

    basis: BoundsBasis
    low: Fraction | None = None
    high: Fraction | None = None
    n_unknown: int = 0

    @property
    def is_known(self) -> bool:
        return self.low is not None or self.high is not None


def bounds_of(
    subject: Subject,
    statistics: Statistics,
    denominators: Sequence[Fraction | None],
    *,
    may_be_negative: bool = False,
) -> Bounds:
    """Return what the missing units could make of a value.

    Args:
        denominators: one for each missing unit, None where it is not known.
        may_be_negative: whether a fact of the numerator may be.
    """
    if statistics.is_complete:
        return Bounds(BoundsBasis.COMPLETE)
    missing = statistics.n_expected - statistics.n_reported
    if subject.aggregation in COUNTED:
        return _counted(subject, statistics, missing)
    if subject.is_split or subject.aggregation == Aggregation.WEIGHTED_CV:
        return Bounds(BoundsBasis.NOT_KNOWABLE)
    if subject.has_denominator:
        return _ratio(subject, statistics, denominators)
    return _amount(subject, statistics, may_be_negative)


def decided(case: Case, bounds: Bounds) -> bool | None:
    """Tell whether the target is met (True) or missed (False) whatever the missing report.

    None where that depends on them, or cannot be told: between two ends, only what has one direction can.
    """
    if bounds.low is None or bounds.high is None or case.aim.operator not in ONE_DIRECTION:
        return None
    kind = type_of(
        operator=case.aim.operator,
        value=case.aim.value,
        level=case.aim.level,
        aggregation=case.subject.aggregation,
    )
    ends = {kind.is_met(case.at(end)) for end in (bounds.low, bounds.high)}
    return ends.pop() if len(ends) == 1 else None


def _counted(subject: Subject, statistics: Statistics, missing: int) -> Bounds:
    """Each missing school meets its line or does not."""
    low, high = Fraction(statistics.n_true), Fraction(statistics.n_true + missing)
    if subject.aggregation == Aggregation.SHARE_TRUE:
        whole = Fraction(subject.scale, statistics.n_reported + missing)
        low, high = low * whole, high * whole
    return Bounds(BoundsBasis.SCHOOLS, low, high)


def _ratio(subject: Subject, statistics: Statistics, denominators: Sequence[Fraction | None]) -> Bounds:
    """A share of people counted by the same reporter lies between none and all of them."""
    if subject.scale != 100 or subject.is_cumulative:
        return Bounds(BoundsBasis.NOT_KNOWABLE)
    known = [size for size in denominators if size is not None]
    if len(known) < len(denominators):
        return Bounds(BoundsBasis.SIZE_UNKNOWN, n_unknown=len(denominators) - len(known))
    reported, whole = statistics.numerator or Fraction(0), statistics.denominator or Fraction(0)
    missing = sum(known, Fraction(0))
    if whole + missing == 0:
        return Bounds(BoundsBasis.NOT_KNOWABLE)
    each = Fraction(subject.scale) / (whole + missing)
    return Bounds(BoundsBasis.DENOMINATORS, reported * each, (reported + missing) * each)


def _amount(subject: Subject, statistics: Statistics, may_be_negative: bool) -> Bounds:
    """What is missing adds to a sum; to a lowest or highest it can only go one way."""
    if subject.aggregation == Aggregation.MIN:
        return Bounds(BoundsBasis.ONE_SIDED, high=statistics.minimum)
    if subject.aggregation == Aggregation.MAX:
        return Bounds(BoundsBasis.ONE_SIDED, low=statistics.maximum)
    if may_be_negative or subject.aggregation not in ADDED:
        return Bounds(BoundsBasis.NOT_KNOWABLE)
    return Bounds(BoundsBasis.ONE_SIDED, low=statistics.numerator)
