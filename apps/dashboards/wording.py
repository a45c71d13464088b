"""Numbers and names as a reader sees them. Pure: rounding happens here and nowhere before a comparison."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django.utils.translation import get_language, gettext

from apps.core import display
from apps.core.templatetags.lusong import local_text as in_language
from apps.core.templatetags.lusong import quarter_name
from apps.plans.steps import STEP, Steps

PERCENT = "%"
POINTS = "个百分点"
MOST_DECIMALS = 6

# Units are words of the plan; this is how the English interface says them.
ENGLISH_UNITS = {
    PERCENT: PERCENT,
    POINTS: "percentage points",
    "所": "schools",
    "个": "",
    "人": "people",
    "人次": "attendances",
    "次": "times",
    "场": "events",
    "项": "items",
    "项次": "items",
    "家": "institutions",
    "节": "lessons",
    "门": "courses",
    "件": "cases",
    "户": "families",
    "分钟": "minutes",
    "小时": "hours",
    "万元": "×10,000 yuan",
    "元": "yuan",
    "平方米": "m²",
    "间": "rooms",
    "班": "classes",
    "元/生": "yuan per pupil",
    "系数": "",
    "阶段": "stage",
    "是/否": "",
    STEP: "steps",
}
WORDLESS_UNITS = frozenset({"系数", "是/否"})


def is_chinese() -> bool:
    """Tell whether the reader's language is Chinese."""
    return (get_language() or "zh-hans").startswith("zh")


def value_unit(unit: str) -> str:
    """Return the unit of a value whose change is told in `unit`: points are changes of a percentage."""
    return PERCENT if unit == POINTS else unit


def gap_unit(unit: str) -> str:
    """Return the unit of a difference between two values in `unit`."""
    return POINTS if unit == PERCENT else unit


def as_decimal(number: Decimal | Fraction | int | None) -> Decimal | None:
    """Return the number as Decimal; a fraction is cut off far beyond what is ever shown."""
    if isinstance(number, Fraction):
        return Decimal(number.numerator) / Decimal(number.denominator)
    return None if number is None else Decimal(number)


def plain_text(number: Decimal) -> str:
    """Return a number as somebody would type it: no grouping, no exponent, no zeros at its end."""
    return f"{number.normalize():f}"


def with_unit(text: str, unit: str) -> str:
    """Join a number's text and its unit as the language writes it."""
    if is_chinese():
        word = "" if unit in WORDLESS_UNITS else unit
        return f"{text}{word}" if word == PERCENT or not word else f"{text} {word}"
    word = ENGLISH_UNITS.get(unit, unit)
    return f"{text}{word}" if word == PERCENT or not word else f"{text} {word}"


def quarter_short(number: int) -> str:
    """Return the short name of a quarter: Q1, 一季度."""
    return (gettext("Q1"), gettext("Q2"), gettext("Q3"), gettext("Q4"))[number - 1]


def unit_word(unit: str) -> str:
    """Return the unit alone, for a column of its own."""
    return unit if is_chinese() else ENGLISH_UNITS.get(unit, unit)


def number_text(number: Decimal | None, *, unit: str, decimals: int) -> str:
    """Return a value as text: 54.0%, 12 所, or a dash when there is none."""
    if number is None:
        return "—"
    if unit == "是/否":
        return gettext("Yes") if number > 0 else gettext("No")
    return with_unit(display.number_text(number, decimals), unit)


def decimals_to_tell_apart(number: Decimal, decimals: int) -> int:
    """Return enough decimals for a difference that is not zero to be seen (54 % against 53.96 %)."""
    while number != 0 and display.rounded(number, decimals) == 0 and decimals < MOST_DECIMALS:
        decimals += 1
    return decimals


def gap_text(gap: Decimal | None, *, unit: str, decimals: int) -> str:
    """Return the size of a gap, always visible when it is not zero."""
    if gap is None:
        return "—"
    size = abs(gap)
    return number_text(size, unit=gap_unit(unit), decimals=decimals_to_tell_apart(size, decimals))


def steps_text(steps: Steps, value: Decimal | Fraction) -> str:
    """Return a value in steps: 2/4 步, 6/8 项."""
    return with_unit(f"{_steps_number(steps, value)}/{steps.total}", steps.unit)


def steps_size(steps: Steps, difference: Decimal | Fraction) -> str:
    """Return the size of a difference in steps: 2 步."""
    return with_unit(_steps_number(steps, difference), steps.unit)


def _steps_number(steps: Steps, value: Decimal | Fraction) -> str:
    reached = abs(steps.reached(value))
    return display.number_text(reached, 0 if reached.denominator == 1 else 1)


def share_text(share: Fraction | None, decimals: int = 0) -> str:
    """Return a share of 1 as a percentage, 100 % and 0 % only when it is exactly that."""
    if share is None:
        return "—"
    return f"{display.percent_text(share, decimals)}%"


__all__ = [
    "PERCENT",
    "POINTS",
    "as_decimal",
    "decimals_to_tell_apart",
    "gap_text",
    "gap_unit",
    "in_language",
    "is_chinese",
    "number_text",
    "plain_text",
    "quarter_name",
    "quarter_short",
    "share_text",
    "steps_size",
    "steps_text",
    "unit_word",
    "value_unit",
    "with_unit",
]
