"""A milestone goes on between its slowest and its fastest quarter so far. Pure."""

from __future__ import annotations

from fractions import Fraction

from apps.rollups.enums import ForecastBasis
from apps.rollups.forecasts.outlook import Forecast, Outlook, increments, mean


def forecast(outlook: Outlook) -> Forecast:
    """Return steps done + remaining quarters × mean (slowest, fastest) quarter, never more than all steps."""
    whole = Fraction(outlook.subject.scale)
    if outlook.value >= whole:
        return Forecast(ForecastBasis.COMPLETE)
    done = increments(outlook.measured)
    if len(done) < 2:
        return Forecast(ForecastBasis.TOO_FEW)

    def after(pace: Fraction) -> Fraction:
        return min(whole, outlook.value + max(Fraction(0), pace) * outlook.n_to_come)

    return Forecast(ForecastBasis.STEPS, after(mean(done)), after(min(done)), after(max(done)))
