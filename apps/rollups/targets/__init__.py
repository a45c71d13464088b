"""The types of targets: each says its own measure, gap, light and sentence. A table, not an if-ladder."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from apps.plans.enums import Aggregation, TargetLevel, TargetOperator
from apps.rollups.targets.at_least import AtLeast
from apps.rollups.targets.at_most import AtMost
from apps.rollups.targets.base import Said, TargetType
from apps.rollups.targets.case import Case
from apps.rollups.targets.completed import Completed
from apps.rollups.targets.decrease_by import DecreaseBy
from apps.rollups.targets.equal import Equal
from apps.rollups.targets.every_school import EveryUnit, WeakestUnit
from apps.rollups.targets.increase_by import IncreaseBy
from apps.rollups.targets.no_worse import NoWorse
from apps.rollups.targets.within_range import WithinRange
from apps.rollups.targets.zero import Zero

__all__ = ["TYPES", "Case", "Said", "TargetType", "type_of"]

TYPES: dict[str, TargetType] = {
    TargetOperator.AT_LEAST: AtLeast(),
    TargetOperator.AT_MOST: AtMost(),
    TargetOperator.WITHIN_RANGE: WithinRange(),
    TargetOperator.EQUAL: Equal(),
    TargetOperator.INCREASE_BY: IncreaseBy(),
    TargetOperator.DECREASE_BY: DecreaseBy(),
    TargetOperator.NO_WORSE: NoWorse(),
    TargetOperator.COMPLETED: Completed(),
}
ZERO_TOLERANCE = Zero()
EVERY_SCHOOL = EveryUnit()
WEAKEST_SCHOOL: dict[str, TargetType] = {operator: WeakestUnit(kind) for operator, kind in TYPES.items()}


def type_of(*, operator: str, value: Fraction | Decimal | None, level: str, aggregation: str) -> TargetType:
    """Return the type of a target from its comparison, its number, whom it binds and what is added up."""
    if level == TargetLevel.SCHOOL:
        counted = aggregation == Aggregation.SHARE_TRUE
        return EVERY_SCHOOL if counted else WEAKEST_SCHOOL[operator]
    if operator == TargetOperator.EQUAL and value == 0:
        return ZERO_TOLERANCE
    return TYPES[operator]
