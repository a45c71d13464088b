"""A stock or a rate goes on along its trend, a little less every quarter. Pure.

Source of the damped trend: Gardner and McKenzie, Management Science 31 (1985), 1237-1246; φ = 0.8 is in the
range they found to serve best, and the plan's few quarters allow no estimate of it.
"""

from __future__ import annotations

import itertools
from fractions import Fraction

from apps.rollups.enums import ForecastBasis
from apps.rollups.forecasts.outlook import Forecast, Outlook, half_width

DAMPING = Fraction(4, 5)


def damped(pace: Fraction, quarters: int) -> Fraction:
    """Return pace·(φ + φ² + … + φ^quarters)."""
    return pace * sum((DAMPING**one for one in range(1, quarters + 1)), Fraction(0))


def forecast(outlook: Outlook) -> Forecast:
    """Return value + last pace, damped ± t·s·√h over h quarters; s is of the paces per quarter so far.

    Last year's measurements and the locked baseline (its last quarter) count; three points at least.
    """
    points = _points(outlook)
    if len(points) < 3:
        return Forecast(ForecastBasis.TOO_FEW)
    paces = [
        (after - before) / (later - earlier)
        for (earlier, before), (later, after) in itertools.pairwise(points)
    ]
    ahead = outlook.last_quarter - outlook.as_of
    value = outlook.value + damped(paces[-1], ahead)
    half = half_width(paces, Fraction(ahead))
    floor, ceiling = _bounds(outlook, [number for _, number in points])
    return Forecast(
        basis=ForecastBasis.DAMPED_TREND,
        value=_between(value, floor, ceiling),
        low=_between(value - half, floor, ceiling),
        high=_between(value + half, floor, ceiling),
    )


def _points(outlook: Outlook) -> list[tuple[int, Fraction]]:
    points = {quarter - 4: value for quarter, value in outlook.course.last_year.items()}
    if outlook.baseline is not None:
        points[0] = outlook.baseline
    return sorted((points | dict(outlook.measured)).items())


def _bounds(outlook: Outlook, seen: list[Fraction]) -> tuple[Fraction | None, Fraction | None]:
    """What has never been negative is not forecast so, nor a share that has never been above its whole."""
    floor = Fraction(0) if min(seen) >= 0 else None
    scale = Fraction(outlook.subject.scale)
    return floor, scale if scale == 100 and max(seen) <= scale else None


def _between(number: Fraction, floor: Fraction | None, ceiling: Fraction | None) -> Fraction:
    if floor is not None:
        number = max(floor, number)
    return number if ceiling is None else min(ceiling, number)
