"""How the schools of one type spread around their median: modified z-scores and the middle half.

The modified z-score is that of Iglewicz and Hoaglin (1993): 0.6745·(x − median)/MAD, and where more than half
of the figures are equal 0.7979·(x − median)/mean absolute deviation. Sizes of schools are skewed, so figures
are compared on a logarithmic scale. Pure.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

OF_MEDIAN_DEVIATION = 0.6745
OF_MEAN_DEVIATION = 0.7979
FEWEST = 8


def scaled(number: float) -> float:
    """Return the figure on the scale of the comparison: ln(1 + x), mirrored below zero."""
    return math.copysign(math.log1p(abs(number)), number)


@dataclass(frozen=True)
class Spread:
    """Of `count` schools: the median as reported; on the scale median, MAD and mean absolute deviation."""

    count: int
    median: float
    center: float
    median_deviation: float
    mean_deviation: float

    def score(self, number: float) -> float | None:
        """Return the modified z-score of a figure; None for too few schools or where all report the same."""
        if self.count < FEWEST:
            return None
        distance = scaled(number) - self.center
        if self.median_deviation > 0:
            return OF_MEDIAN_DEVIATION * distance / self.median_deviation
        return OF_MEAN_DEVIATION * distance / self.mean_deviation if self.mean_deviation > 0 else None


def spread_of(numbers: Sequence[float]) -> Spread | None:
    """Return the spread of some figures, None for none."""
    if not numbers:
        return None
    on_scale = [scaled(number) for number in numbers]
    center = statistics.median(on_scale)
    deviations = [abs(each - center) for each in on_scale]
    return Spread(
        count=len(numbers),
        median=statistics.median(numbers),
        center=center,
        median_deviation=statistics.median(deviations),
        mean_deviation=statistics.fmean(deviations),
    )
