"""Targets in words and as lines on a value axis. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from django.utils.translation import gettext

from apps.core import display
from apps.dashboards import wording
from apps.organisations.enums import Stage
from apps.plans.enums import Aggregation, Basis, TargetLevel, TargetOperator
from apps.plans.models import Baseline, Indicator, ReferenceLine, TargetRevision
from apps.rollups.aggregates import scale_of

# A target is shown as it was set; only a level computed from a baseline is rounded.
EXTRA_DECIMALS = 2
SIGNS = {TargetOperator.AT_LEAST: "≥ ", TargetOperator.AT_MOST: "≤ ", TargetOperator.EQUAL: "= "}


@dataclass(frozen=True)
class Line:
    """A level on a value axis with its label; `value` in the unit of the indicator's values."""

    value: Decimal
    label: str
    kind: Literal["target", "reference", "baseline"]


def _number(indicator: Indicator, number: Decimal, unit: str) -> str:
    needed = _decimals(number)
    if needed > indicator.decimals + EXTRA_DECIMALS:
        needed = indicator.decimals
    return wording.number_text(number, unit=unit, decimals=needed)


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def target_words(indicator: Indicator, revision: TargetRevision) -> str:
    """Return a revision in words, e.g. "≥ 54%" or "decrease by at least 0.5 percentage points"."""
    words = _operator_words(indicator, revision)
    return (
        gettext("every school: %(target)s") % {"target": words}
        if revision.level == TargetLevel.SCHOOL
        else words
    )


def _operator_words(indicator: Indicator, revision: TargetRevision) -> str:
    unit = wording.gap_unit(indicator.unit) if indicator.basis == Basis.CHANGE else indicator.unit
    if revision.level == TargetLevel.SCHOOL and indicator.aggregation == Aggregation.SHARE_TRUE:
        unit = _school_unit(indicator)
    if revision.operator == TargetOperator.COMPLETED:
        return gettext("completed")
    if revision.operator == TargetOperator.NO_WORSE:
        return gettext("no worse than the baseline")
    assert revision.value is not None
    number = _number(indicator, revision.value, unit)
    if revision.operator == TargetOperator.WITHIN_RANGE and revision.value_max is not None:
        lower = display.number_text(revision.value, _decimals(revision.value))
        return f"{lower}–{_number(indicator, revision.value_max, unit)}"
    if revision.operator == TargetOperator.INCREASE_BY:
        return gettext("increase by at least %(number)s") % {"number": number}
    if revision.operator == TargetOperator.DECREASE_BY:
        return gettext("decrease by at least %(number)s") % {"number": number}
    return f"{SIGNS[TargetOperator(revision.operator)]}{number}"


def target_numbers(indicator: Indicator, revision: TargetRevision) -> tuple[str, str]:
    """Return a target's number and the upper end of a range with their unit, empty where there is none."""
    unit = wording.gap_unit(indicator.unit) if indicator.basis == Basis.CHANGE else indicator.unit
    if revision.level == TargetLevel.SCHOOL and indicator.aggregation == Aggregation.SHARE_TRUE:
        unit = _school_unit(indicator)
    numbers = (revision.value, revision.value_max)
    lower, upper = ("" if number is None else _number(indicator, number, unit) for number in numbers)
    return lower, upper


def _school_unit(indicator: Indicator) -> str:
    """Return the unit of what each school is measured by: that of the one fact in the numerator."""
    units = {link.element.unit for link in indicator.element_links.all() if link.in_numerator}
    return units.pop() if len(units) == 1 else ""


def baseline_value(indicator: Indicator, baseline: Baseline | None) -> Decimal | None:
    """Return the baseline's figure in the unit of the indicator's values."""
    return wording.as_decimal(exact_baseline(indicator, baseline))


def exact_baseline(indicator: Indicator, baseline: Baseline | None) -> Fraction | None:
    """Return the baseline's figure in the unit of the indicator's values, exactly."""
    if baseline is None:
        return None
    if baseline.denominator is None:
        return Fraction(baseline.numerator)
    scale = scale_of(
        aggregation=indicator.aggregation, unit=indicator.unit, has_denominator=bool(indicator.denominator)
    )
    return Fraction(baseline.numerator) * scale / Fraction(baseline.denominator)


def baseline_text(indicator: Indicator, baseline: Baseline | None) -> str:
    """Return the baseline's figure with its unit."""
    unit = wording.value_unit(indicator.unit)
    return wording.number_text(baseline_value(indicator, baseline), unit=unit, decimals=indicator.decimals)


def target_lines(
    indicator: Indicator, revision: TargetRevision | None, baseline: Baseline | None
) -> list[Line]:
    """Return where a confirmed target lies on the value axis: none, one, or the two ends of a range."""
    if revision is None or revision.confirmed_on is None:
        return []
    levels = _levels(indicator, revision, baseline_value(indicator, baseline))
    unit = wording.value_unit(indicator.unit)
    return [
        Line(level, gettext("Target %(number)s") % {"number": _number(indicator, level, unit)}, "target")
        for level in levels
    ]


def _levels(indicator: Indicator, revision: TargetRevision, start: Decimal | None) -> list[Decimal]:
    if revision.level == TargetLevel.SCHOOL:
        return [Decimal(100)] if indicator.aggregation == Aggregation.SHARE_TRUE else []
    if revision.operator == TargetOperator.NO_WORSE:
        return [] if start is None else [start]
    if revision.value is None:
        return []
    if revision.operator == TargetOperator.DECREASE_BY:
        return [] if start is None else [start - revision.value]
    if revision.operator == TargetOperator.INCREASE_BY or indicator.basis == Basis.CHANGE:
        return [] if start is None else [start + revision.value]
    return [revision.value] + ([revision.value_max] if revision.value_max is not None else [])


def reference_text(reference: ReferenceLine) -> str:
    """Return a national reference in words; its label holds its number."""
    words = wording.in_language(reference, "label")
    return (
        words if reference.is_confirmed else gettext("%(reference)s (to be confirmed)") % {"reference": words}
    )


def _reference_label(indicator: Indicator, reference: ReferenceLine) -> str:
    """Return the short label of a line in a picture; the whole sentence stands in the definition."""
    number = _number(indicator, reference.value, wording.value_unit(indicator.unit))
    words = gettext("National line %(number)s") % {"number": number}
    return (
        words if reference.is_confirmed else gettext("%(reference)s (to be confirmed)") % {"reference": words}
    )


def stage_lines(indicator: Indicator, stage: str) -> list[Line]:
    """Return the national lines of one stage."""
    return [
        Line(reference.value, _reference_label(indicator, reference), "reference")
        for reference in indicator.reference_lines.all()
        if reference.stage == stage and reference.level == TargetLevel.DISTRICT
    ]


def national_words(indicator: Indicator, stage: str = Stage.WHOLE) -> str:
    """Return the national line of a stage, else of the whole, for a table's cell; a dash without one."""
    rows = [row for row in indicator.reference_lines.all() if row.level == TargetLevel.DISTRICT]
    own = [row for row in rows if row.stage == stage] or [row for row in rows if row.stage == Stage.WHOLE]
    unit = wording.value_unit(indicator.unit)
    words = [
        f"{SIGNS.get(TargetOperator(row.operator), '')}{_number(indicator, row.value, unit)}" for row in own
    ]
    return gettext(", ").join(words) or "—"


def reference_lines(indicator: Indicator) -> list[Line]:
    """Return the national lines across a district figure; those of one stage or of every school are text."""
    return [
        Line(reference.value, _reference_label(indicator, reference), "reference")
        for reference in indicator.reference_lines.all()
        if reference.stage == Stage.WHOLE and reference.level == TargetLevel.DISTRICT
    ]
