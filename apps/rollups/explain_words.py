"""An explanation in sentences, in the reader's language. Rounds for display only."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django.utils.translation import get_language, gettext

from apps.core import display
from apps.plans.enums import Aggregation, Basis, TargetLevel, TargetOperator
from apps.plans.steps import STEP, Steps, steps_of
from apps.rollups.aggregates import to_decimal
from apps.rollups.enums import Reason
from apps.rollups.explain import Explanation

MOST_DECIMALS = 6
OPERATORS = {
    TargetOperator.AT_LEAST: "≥ ",
    TargetOperator.AT_MOST: "≤ ",
    TargetOperator.EQUAL: "= ",
    TargetOperator.WITHIN_RANGE: "",
}


def reason_text(reason: Reason) -> str:
    """Return in words why a light is what it is."""
    return str(reason.label)


def formula_text(explanation: Explanation) -> str:
    """Return the formula over the sums, in the words of the plan's catalogue: "Σ a ÷ Σ b × 100%"."""
    indicator = explanation.indicator
    above = _label(indicator, "numerator")
    if indicator.aggregation == Aggregation.SHARE_TRUE:
        return gettext("schools that meet it ÷ schools reported × 100%")
    if not indicator.denominator:
        return f"Σ {above}"
    quotient = f"Σ {above} ÷ Σ {_label(indicator, 'denominator')}"
    if indicator.aggregation == Aggregation.WEIGHTED_CV:
        return gettext("coefficient of variation of %(quotient)s, weighted by the denominator") % {
            "quotient": quotient
        }
    is_share = explanation.definition.scale == 100 and steps_in(explanation) is None
    return f"{quotient} × 100%" if is_share else quotient


def filled_text(explanation: Explanation) -> str:
    """Return the formula with the sums: "5,120 ÷ 10,000 × 100% = 51.20%"; empty without a value."""
    statistics, value = explanation.statistics, explanation.verdict.value
    if value is None:
        return ""
    above, below = statistics.numerator, statistics.denominator
    if explanation.indicator.aggregation == Aggregation.SHARE_TRUE:
        above, below = Fraction(statistics.n_true), Fraction(statistics.n_reported)
    shown = value_text(explanation, value)
    if steps_in(explanation):
        return shown
    if above is None or explanation.indicator.aggregation == Aggregation.WEIGHTED_CV:
        return shown
    if below is None or not explanation.indicator.denominator:
        return f"{plain(above)} = {shown}" if explanation.definition.is_flow else shown
    times = " × 100%" if explanation.definition.scale == 100 else ""
    return f"{plain(above)} ÷ {plain(below)}{times} = {shown}"


def judgement_text(explanation: Explanation) -> str:
    """Return the judgement in one sentence: value, baseline, target, light and why."""
    verdict = explanation.verdict
    if explanation.is_hidden:
        return gettext("Hidden: small numbers")
    clauses = [_value_clause(explanation), _baseline_clause(explanation), _target_clause(explanation)]
    if verdict.gap:
        clauses.append(gettext("%(size)s short") % {"size": difference_text(explanation, verdict.gap)})
    if verdict.gap and verdict.required is not None:
        required = value_text(explanation, verdict.required)
        clauses.append(gettext("the schedule asks for %(number)s by now") % {"number": required})
    clauses.append(reason_text(verdict.reason))
    if verdict.is_provisional:
        clauses.append(gettext("provisional"))
    said = gettext(", ").join(clause for clause in clauses if clause)
    return gettext("%(said)s: %(status)s") % {"said": said, "status": verdict.status.label}


def _value_clause(explanation: Explanation) -> str:
    value = explanation.verdict.value
    if value is None:
        return gettext("there is no value")
    return gettext("the value is %(value)s") % {"value": value_text(explanation, value)}


def _baseline_clause(explanation: Explanation) -> str:
    change = explanation.verdict.change
    if change is None:
        return ""
    if change == 0:
        return gettext("unchanged from the baseline")
    words = gettext("%(size)s above the baseline") if change > 0 else gettext("%(size)s below the baseline")
    return words % {"size": difference_text(explanation, abs(change))}


def _target_clause(explanation: Explanation) -> str:
    revision = explanation.revision
    if revision is None:
        return ""
    if revision.value is None:
        return gettext("the target is: %(target)s") % {"target": revision.get_operator_display()}
    target = _target_number(explanation, revision.value)
    if revision.operator == TargetOperator.WITHIN_RANGE and revision.value_max is not None:
        target = f"{plain(Fraction(revision.value))}–{_target_number(explanation, revision.value_max)}"
    sign = OPERATORS.get(TargetOperator(revision.operator))  # type: ignore[call-overload]
    text = f"{sign}{target}" if sign is not None else f"{revision.get_operator_display()} {target}"
    if revision.level == TargetLevel.SCHOOL:
        return gettext("the target for every school is %(target)s") % {"target": text}
    return gettext("the target is %(target)s") % {"target": text}


def _target_number(explanation: Explanation, number: Decimal) -> str:
    """A target of change is told in points, a line for each school in the unit of what is measured."""
    revision, indicator = explanation.revision, explanation.indicator
    assert revision is not None
    text = plain(Fraction(number))
    if revision.level == TargetLevel.SCHOOL and indicator.aggregation == Aggregation.SHARE_TRUE:
        units = {element.unit for part in explanation.definition.parts for element in part.elements}
        return _with_unit(text, units.pop() if len(units) == 1 else "")
    is_change = indicator.basis == Basis.CHANGE and explanation.definition.scale == 100
    return _with_unit(text, gettext("percentage points") if is_change else _unit(explanation))


def steps_in(explanation: Explanation) -> Steps | None:
    """Return how the indicator is told in steps, None for all others."""
    return steps_of(explanation.indicator, explanation.definition.parts[0].elements)


def _steps_number(number: Fraction) -> str:
    return display.number_text(number, 0 if number.denominator == 1 else 1)


def value_text(explanation: Explanation, value: Fraction) -> str:
    """Return a value with its unit, rounded as the indicator is shown; steps with how many there are."""
    if steps := steps_in(explanation):
        shown = _with_unit(f"{_steps_number(steps.reached(value))}/{steps.total}", steps_unit(steps))
        name = steps.name(value, chinese=(get_language() or "zh-hans").startswith("zh"))
        return f"{shown} · {name}" if name else shown
    return _with_unit(display.number_text(value, explanation.indicator.decimals), _unit(explanation))


def difference_text(explanation: Explanation, size: Fraction) -> str:
    """Return a difference with its unit, with enough decimals to be seen."""
    if steps := steps_in(explanation):
        return _with_unit(_steps_number(steps.reached(size)), steps_unit(steps))
    decimals = explanation.indicator.decimals
    while size and decimals < MOST_DECIMALS and not display.rounded(size, decimals):
        decimals += 1
    unit = gettext("percentage points") if explanation.definition.scale == 100 else _unit(explanation)
    return _with_unit(display.number_text(size, decimals), unit)


def plain(number: Fraction | Decimal) -> str:
    """Return a stored number with as many decimals as it has, thousands grouped."""
    decimal = to_decimal(Fraction(number), MOST_DECIMALS)
    assert decimal is not None
    exponent = decimal.normalize().as_tuple().exponent
    return display.number_text(number, max(0, -exponent) if isinstance(exponent, int) else 0)


def steps_unit(steps: Steps) -> str:
    """Return the unit of steps in the reader's language."""
    return gettext("steps") if steps.unit == STEP else steps.unit


def _unit(explanation: Explanation) -> str:
    if explanation.definition.scale == 100:
        return "%"
    unit: str = explanation.indicator.unit
    return "" if unit in {"系数", "是/否"} else unit


def _with_unit(text: str, unit: str) -> str:
    return f"{text}{unit}" if unit == "%" or not unit else f"{text} {unit}"


def _label(indicator: object, name: str) -> str:
    """The part in the catalogue's words, or its formula where it has none."""
    chinese = (get_language() or "zh-hans").startswith("zh")
    label = getattr(indicator, f"{name}_label") if chinese else getattr(indicator, f"{name}_label_en")
    return str(label or getattr(indicator, f"{name}_label") or getattr(indicator, name))
