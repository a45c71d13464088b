"""Where numbers stand on a picture: a scale in millimetres and round ticks. Pure."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

NICE = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Scale:
    """A straight scale from `low` at millimetre `start` to `high` at `end`."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the place of a value."""
        return self.start + (value - self.low) / ((self.high - self.low) or 1) * (self.end - self.start)


def ticks_of(low: float, high: float, most: int) -> list[float]:
    """Return round numbers from low to high, at most so many."""
    if high <= low:
        return [low]
    rough = (high - low) / max(most, 1)
    size = 10 ** math.floor(math.log10(rough))
    step = next(nice * size for nice in NICE if nice * size >= rough)
    first = math.ceil(low / step - 1e-9)
    return [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]


def tick_text(value: float, ticks: Sequence[float]) -> str:
    """Return a tick's number with as many decimals as tell the ticks apart."""
    step = min((abs(b - a) for a, b in itertools.pairwise(ticks)), default=1.0)
    decimals = next((places for places in range(6) if abs(round(step, places) - step) < 1e-9), 6)
    return f"{value + 0:,.{decimals}f}"
