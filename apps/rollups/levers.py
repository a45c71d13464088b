"""What it takes: how much of the numerator is missing to a target, and which part could bring it. Pure.

The denominators stay as they are: it is the answer to "how many more of these children", not a forecast.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import ceil, floor
from typing import TypeVar

from apps.plans.enums import Aggregation, Basis, Kind, TargetLevel, TargetOperator
from apps.rollups.decomposition import Amounts, total
from apps.rollups.subjects import Aim, Subject

K = TypeVar("K")
ZERO = Fraction(0)
COUNTED = (Aggregation.SHARE_TRUE, Aggregation.COUNT_TRUE)


class Obstacle(Enum):
    """Why a question does not apply to an indicator."""

    STEPS = "steps"
    DISPERSION = "dispersion"
    EXTREME = "extreme"
    WHOLE_ONLY = "whole_only"
    TWO_REPORTERS = "two_reporters"
    EACH_SCHOOL = "each_school"


class Way(Enum):
    """Which way leads to the target."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class Line:
    """Where the target lies on the value's own scale (per cent, children), and the way to it."""

    value: Fraction
    way: Way


@dataclass(frozen=True)
class Need:
    """What is missing: `amount` of the numerator (0: the target is met), more or fewer of it."""

    line: Line
    amount: Fraction


@dataclass(frozen=True)
class Lever:
    """One part of the whole: what it would have to reach so that it alone closes the gap.

    `most` is the largest share of the gap it could close, None where nothing limits it; `required` is its own
    value then (in the unit of the figure), None where it cannot do it alone.
    """

    amounts: Amounts
    value: Fraction | None
    most: Fraction | None
    required: Fraction | None

    def closes(self, need: Need) -> bool:
        """Tell whether the part alone could close the gap."""
        return self.most is None or self.most >= need.amount


def obstacle_to_parts(subject: Subject, *, has_schools: bool) -> Obstacle | None:
    """Return why a figure is not made of parts that add up, None where it is."""
    if (found := obstacle_to_supposing(subject)) is not None:
        return found
    if subject.is_split:
        return Obstacle.TWO_REPORTERS
    return None if has_schools else Obstacle.WHOLE_ONLY


def obstacle_to_supposing(subject: Subject) -> Obstacle | None:
    """Return why numbers of a figure cannot be changed one by one, None where they can."""
    if subject.kind in (Kind.MILESTONE, Kind.BOOLEAN) and subject.aggregation not in COUNTED:
        return Obstacle.STEPS
    if subject.aggregation == Aggregation.WEIGHTED_CV:
        return Obstacle.DISPERSION
    return Obstacle.EXTREME if subject.aggregation in (Aggregation.MIN, Aggregation.MAX) else None


def obstacle_to_lines(subject: Subject, aim: Aim) -> Obstacle | None:
    """Return why a target is no line that the whole must reach, None where it is."""
    if aim.level == TargetLevel.SCHOOL and subject.aggregation != Aggregation.SHARE_TRUE:
        return Obstacle.EACH_SCHOOL
    return Obstacle.STEPS if aim.operator == TargetOperator.COMPLETED else None


def line_of(subject: Subject, aim: Aim, *, value: Fraction, baseline: Fraction | None) -> Line | None:
    """Return the line of a target, None where it has none (no baseline, every school by itself, steps)."""
    if obstacle_to_lines(subject, aim) is not None:
        return None
    if aim.level == TargetLevel.SCHOOL:
        return Line(Fraction(subject.scale), Way.UP)
    operator = TargetOperator(aim.operator)
    speaks_of_change = subject.basis == Basis.CHANGE and operator not in (
        TargetOperator.INCREASE_BY,
        TargetOperator.DECREASE_BY,
    )
    by = ZERO if operator == TargetOperator.NO_WORSE else aim.value
    if by is None:
        return None
    if operator in (TargetOperator.INCREASE_BY, TargetOperator.DECREASE_BY, TargetOperator.NO_WORSE):
        if baseline is None:
            return None
        falls = operator == TargetOperator.DECREASE_BY
        return Line(baseline - by if falls else baseline + by, Way.DOWN if falls else Way.UP)
    if speaks_of_change:
        if baseline is None:
            return None
        by += baseline
    if operator == TargetOperator.AT_MOST or (operator == TargetOperator.EQUAL and value > by):
        return Line(by, Way.DOWN)
    return Line(by, Way.UP)


def need_of(line: Line, whole: Amounts, *, scale: int, is_ratio: bool, step: Fraction) -> Need | None:
    """Return how much of the numerator is missing, in whole steps; None of a ratio with nothing below it.

    Args:
        step: the smallest amount there is of it: 1 child, 0.01 of ten thousand yuan.
    """
    if is_ratio and not whole.denominator:
        return None
    level = line.value / scale * whole.denominator if is_ratio else line.value
    if line.way is Way.UP:
        return Need(line, max(ZERO, ceil((level - whole.numerator) / step) * step))
    return Need(line, max(ZERO, -floor((level - whole.numerator) / step) * step))


def levers_of(
    need: Need, parts: Mapping[K, Amounts], *, scale: int, is_ratio: bool, is_bounded: bool
) -> dict[K, Lever]:
    """Return each part as a lever for the gap.

    Args:
        is_bounded: the numerator is counted within the denominator, so that it cannot exceed it.
    """
    found = {}
    for key, part in parts.items():
        most = _most(need.line.way, part, is_bounded)
        required = None
        if most is None or most >= need.amount:
            turned = need.amount if need.line.way is Way.UP else -need.amount
            required = _value(Amounts(part.numerator + turned, part.denominator), scale, is_ratio)
        found[key] = Lever(part, _value(part, scale, is_ratio), most, required)
    return found


def reach_of(need: Need, parts: Mapping[K, Amounts], *, is_bounded: bool) -> Fraction | None:
    """Return how much all parts together could bring, None where nothing limits them."""
    return _most(need.line.way, total(parts.values()), is_bounded)


def _most(way: Way, part: Amounts, is_bounded: bool) -> Fraction | None:
    if way is Way.DOWN:
        return max(ZERO, part.numerator)
    return max(ZERO, part.denominator - part.numerator) if is_bounded else None


def _value(part: Amounts, scale: int, is_ratio: bool) -> Fraction | None:
    if not is_ratio:
        return part.numerator
    return part.numerator / part.denominator * scale if part.denominator else None
