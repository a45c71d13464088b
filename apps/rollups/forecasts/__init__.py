"""Where a figure will stand at the year's end, with an interval, or why nothing can be said. Pure.

A flow goes on at its pace (with last year's seasons where they are known), a stock or rate along its damped
trend, a milestone between its slowest and its fastest quarter. Intervals hold four out of five times, if the
quarters to come vary as those so far; `manage.py backtest_forecasts` says how they have held.
"""

from __future__ import annotations

from fractions import Fraction

from apps.plans.enums import Kind
from apps.rollups.aggregates import Statistics
from apps.rollups.enums import ForecastBasis
from apps.rollups.forecasts import flows, milestones, stocks
from apps.rollups.forecasts.outlook import Forecast, Outlook
from apps.rollups.subjects import Course, Moment, Subject

__all__ = ["Forecast", "forecast_of", "kind_of"]

FLOW, STOCK, MILESTONE, NOTHING = "flow", "stock", "milestone", ""
METHODS = {FLOW: flows.forecast, STOCK: stocks.forecast, MILESTONE: milestones.forecast}


def kind_of(subject: Subject) -> str:
    """Return how a figure goes on: as a flow, a stock, a milestone; empty where it has no pace."""
    if subject.kind == Kind.MILESTONE:
        return MILESTONE
    if subject.kind == Kind.BOOLEAN and subject.scale == 1:
        return NOTHING
    if subject.is_cumulative:
        return FLOW if subject.is_additive else NOTHING
    return STOCK


def forecast_of(
    subject: Subject,
    statistics: Statistics,
    *,
    moment: Moment,
    course: Course,
    value: Fraction | None,
    baseline: Fraction | None = None,
) -> Forecast:
    """Return the forecast of the year's last measurement, in the indicator's unit."""
    if moment.as_of is None or value is None:
        return Forecast(ForecastBasis.NOT_YET)
    kind = kind_of(subject)
    if not statistics.is_complete or (kind != STOCK and course.partial):
        return Forecast(ForecastBasis.OUTSTANDING)
    if moment.as_of >= max(subject.due_quarters):
        return Forecast(ForecastBasis.COMPLETE)
    method = METHODS.get(kind)
    if method is None:
        return Forecast(ForecastBasis.NOT_FORESEEABLE)
    return method(Outlook(subject, moment.as_of, course, value, baseline))
