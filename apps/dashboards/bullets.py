"""Geometry of the small inline pictures: bullet rows and sparklines. Pure; the template draws them as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from apps.dashboards.readings import Reading
from apps.dashboards.targets_text import Line

WIDTH = 240
SPARK_STEP = 22
SPARK_HEIGHT = 24


@dataclass(frozen=True)
class Mark:
    """A position on a bullet, in pixels from the left, and what it stands for."""

    x: float
    label: str
    kind: str


@dataclass(frozen=True)
class Bullet:
    """A bar from zero with marks for target, national line and baseline, on one shared scale."""

    width: int
    bar_x: float
    bar_width: float
    marks: Sequence[Mark]
    description: str


def bullet(reading: Reading, lines: Sequence[Line]) -> Bullet | None:
    """Return the bullet of a reading; None when there is neither a value nor a line to draw."""
    levels = [line.value for line in lines] + ([reading.value] if reading.value is not None else [])
    if not levels:
        return None
    low, high = min([Decimal(0), *levels]), max([Decimal(0), *levels])
    reach = (high - low) * Decimal("1.08") or Decimal(1)

    def place(value: Decimal) -> float:
        return round(float((value - low) / reach) * WIDTH, 1)

    value = reading.value or Decimal(0)
    ends = sorted((place(Decimal(0)), place(value)))
    return Bullet(
        width=WIDTH,
        bar_x=ends[0],
        bar_width=round(ends[1] - ends[0], 1),
        marks=[Mark(place(line.value), line.label, line.kind) for line in lines],
        description="; ".join([reading.value_text, *(line.label for line in lines)]),
    )


@dataclass(frozen=True)
class SparkBar:
    """One of four slots: `height` None draws the empty slot."""

    x: int
    y: float
    height: float | None


def sparkline(shares: Sequence[Fraction | None]) -> list[SparkBar]:
    """Return four bars from zero for shares of 1, always in the same place."""
    return [
        SparkBar(
            x=place * SPARK_STEP + 2,
            y=SPARK_HEIGHT if share is None else round(SPARK_HEIGHT - _height(share), 1),
            height=None if share is None else _height(share),
        )
        for place, share in enumerate(shares)
    ]


def _height(share: Fraction) -> float:
    return max(1.5, round(float(share) * (SPARK_HEIGHT - 2), 1))
