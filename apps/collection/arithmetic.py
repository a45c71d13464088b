"""The rates that the facts of one form give, shown beside them: 12 / 40 = 30.0%. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from apps.collection.slots import Slot
from apps.core.display import number_text
from apps.core.numbers import plain_text
from apps.plans.formulas import FormulaError, parse
from apps.plans.models import Indicator

PERCENT_UNITS = frozenset({"%", "个百分点", "百分点"})


@dataclass(frozen=True)
class Ratio:
    """One rate of two facts of a stage; `text` is empty while one of them is missing or the second is 0."""

    indicator: Indicator
    numerator: Slot
    denominator: Slot
    decimals: int
    is_percent: bool
    text: str


def ratios_of(slots: Iterable[Slot], indicators: Iterable[Indicator]) -> list[Ratio]:
    """Return the rates whose two parts are single facts among `slots` (of one stage)."""
    by_code = {slot.element.code: slot for slot in slots}
    return [ratio for indicator in indicators if (ratio := _ratio(indicator, by_code))]


def _ratio(indicator: Indicator, by_code: Mapping[str, Slot]) -> Ratio | None:
    names = [_single_name(part) for part in (indicator.numerator, indicator.denominator)]
    if not all(name in by_code for name in names):
        return None
    numerator, denominator = (by_code[str(name)] for name in names)
    is_percent = indicator.unit in PERCENT_UNITS
    text = ratio_text(numerator, denominator, decimals=indicator.decimals, is_percent=is_percent)
    return Ratio(indicator, numerator, denominator, indicator.decimals, is_percent, text)


def _single_name(formula: str) -> str | None:
    if not formula:
        return None
    try:
        tree = parse(formula).tree
    except FormulaError:
        return None
    return tree.id if isinstance(tree, ast.Name) else None


def ratio_text(numerator: Slot, denominator: Slot, *, decimals: int, is_percent: bool) -> str:
    """Return `12 / 40 = 30.0%`, empty when it cannot be formed."""
    first, second = numerator.value.number, denominator.value.number
    if first is None or not second:
        return ""
    share = Fraction(first) / Fraction(second)
    result = f"{number_text(share * 100, decimals)}%" if is_percent else number_text(share, max(decimals, 2))
    return f"{plain_text(first)} / {plain_text(second)} = {result}"
