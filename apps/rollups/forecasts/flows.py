"""A flow goes on at its pace: the mean of the quarters so far, or last year's seasons. Pure."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from apps.plans.enums import Kind
from apps.rollups.enums import ForecastBasis
from apps.rollups.forecasts.outlook import Forecast, Outlook, half_width, increments, mean

TOO_FEW = Forecast(ForecastBasis.TOO_FEW)


def forecast(outlook: Outlook) -> Forecast:
    """Return total so far + m·mean of n quarters ± t·s·√(m + m²/n), never below the total so far.

    Seasonal: a quarter's amount is first divided by its share of last year's total (times the number of
    quarters), and the quarters to come are weighed by theirs.
    """
    points = outlook.measured
    amounts = increments(points)
    if len(amounts) < 2 or [quarter for quarter, _ in points] != _due_so_far(outlook):
        return TOO_FEW
    seasons = _seasons(outlook)
    weights = seasons or dict.fromkeys(outlook.subject.due_quarters, Fraction(1))
    if any(weights[quarter] <= 0 for quarter, _ in points):
        weights, seasons = dict.fromkeys(weights, Fraction(1)), None
    plain = [amount / weights[quarter] for amount, (quarter, _) in zip(amounts, points, strict=True)]
    to_come = sum((w for quarter, w in weights.items() if quarter > outlook.as_of), Fraction(0))
    pace = mean(plain)
    half = half_width(plain, to_come + to_come**2 / len(plain))
    value = outlook.value + pace * to_come
    return Forecast(
        basis=ForecastBasis.SEASONAL if seasons else ForecastBasis.RUN_RATE,
        value=value,
        low=_whole(outlook, max(outlook.value, value - half), down=True),
        high=_whole(outlook, value + half, down=False),
    )


def _due_so_far(outlook: Outlook) -> list[int]:
    return [quarter for quarter in outlook.subject.due_quarters if quarter <= outlook.as_of]


def _seasons(outlook: Outlook) -> dict[int, Fraction] | None:
    """Return each quarter's share of last year's total times the number of quarters, None where unknown."""
    due = outlook.subject.due_quarters
    last_year = outlook.course.last_year
    if any(quarter not in last_year for quarter in due) or last_year[max(due)] <= 0:
        return None
    total = last_year[max(due)]
    amounts = increments([(quarter, last_year[quarter]) for quarter in due])
    return {quarter: amount * len(due) / total for quarter, amount in zip(due, amounts, strict=True)}


def _whole(outlook: Outlook, number: Fraction, *, down: bool) -> Fraction:
    """Ends of an interval of whole things are whole, outwards."""
    if outlook.subject.kind == Kind.AMOUNT or not outlook.subject.counts_whole:
        return number
    return Fraction(floor(number) if down else ceil(number))
