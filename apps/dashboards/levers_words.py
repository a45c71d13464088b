"""What it takes, in words. Pure."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext

from apps.dashboards import wording
from apps.plans.enums import ValueType
from apps.rollups.levers import Need, Obstacle, Way
from apps.rollups.standing import COUNTED, Standing

SCHOOLS = "所"


def obstacle_text(obstacle: Obstacle) -> str:
    """Return why a question does not apply, as a sentence."""
    return {
        Obstacle.STEPS: gettext("Does not apply: it is done in steps, which are no sum of schools."),
        Obstacle.DISPERSION: gettext(
            "Does not apply: a dispersion is no sum. How far a school lies off depends on all the others."
        ),
        Obstacle.EXTREME: gettext("Does not apply: one school alone decides a smallest or largest value."),
        Obstacle.WHOLE_ONLY: gettext(
            "Does not apply: the figure is reported once for the whole district, there are no schools in it."
        ),
        Obstacle.TWO_REPORTERS: gettext(
            "Does not apply: the two numbers have different reporters; schools have no rate of their own."
        ),
        Obstacle.EACH_SCHOOL: gettext(
            "Does not apply: the target is a line for every single school, not for their total."
        ),
    }[obstacle]


def counting_unit(standing: Standing) -> str:
    """Return the unit that the numerator is counted in: children, teachers, classes, schools."""
    indicator = standing.definition.indicator
    if indicator.aggregation in COUNTED:
        return SCHOOLS
    if not standing.is_ratio:
        return str(indicator.unit)
    part = standing.definition.parts[0]
    assert part.numerator is not None
    below = part.denominator.elements if part.denominator else frozenset()
    counted = [one for one in part.elements if one.code in part.numerator.elements]
    if any(element.value_type == ValueType.BOOLEAN for element in counted):
        return SCHOOLS
    units = {element.unit for element in counted if element.code not in below}
    units = units or {element.unit for element in counted}
    return str(units.pop()) if len(units) == 1 else ""


def amount_text(standing: Standing, amount: Fraction) -> str:
    """Return an amount of the numerator with its unit: 38 人."""
    return wording.with_unit(plain(amount), counting_unit(standing))


def plain(amount: Fraction | Decimal) -> str:
    """Return an amount with as many decimals as it has (at most four), grouped by thousands."""
    number = wording.as_decimal(amount) or Decimal(0)
    decimals = next((places for places in range(5) if number == round(number, places)), 4)
    return f"{number:,.{decimals}f}"


def need_text(standing: Standing, need: Need | None) -> str:
    """Return what is missing in natural units; empty without a line."""
    if need is None:
        return ""
    if need.amount == 0:
        return gettext("The target is met; nothing is missing.")
    words = {
        Way.UP: gettext("%(amount)s more are needed: %(label)s"),
        Way.DOWN: gettext("%(amount)s fewer are needed: %(label)s"),
    }[need.line.way]
    label = wording.in_language(standing.definition.indicator, "numerator_label")
    label = label or standing.definition.indicator.numerator
    return words % {"amount": amount_text(standing, need.amount), "label": label}


def value_text(standing: Standing, value: Fraction | None) -> str:
    """Return a value of the indicator, rounded for display."""
    indicator = standing.definition.indicator
    unit = wording.value_unit(indicator.unit)
    return wording.number_text(wording.as_decimal(value), unit=unit, decimals=indicator.decimals)


def change_decimals(standing: Standing) -> int:
    """Return the decimals of contributions: of a quotient finer than the value, for they are small."""
    decimals: int = standing.definition.indicator.decimals
    return max(2, decimals + 1) if standing.is_ratio else decimals


def signed(number: Fraction, decimals: int) -> str:
    """Return a number with its sign: +0.35, −1.20, 0.00 only when it is exactly nothing."""
    value = wording.as_decimal(number) or Decimal(0)
    if value == 0:
        return "0"
    places = wording.decimals_to_tell_apart(value, decimals)
    return f"{'+' if value > 0 else '−'}{wording.display.number_text(abs(value), places)}"


def signed_amount(standing: Standing, need: Need) -> str:
    """Return what is missing as more or fewer, in natural units."""
    words = {Way.UP: gettext("%(amount)s more"), Way.DOWN: gettext("%(amount)s fewer")}[need.line.way]
    return words % {"amount": amount_text(standing, need.amount)}
