"""Text that stays in its box: measured by its characters. Sizes in points, boxes in millimetres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from apps.reports.charts.canvas import Lettering, broken, width_of

# Fonts differ a little, and PowerPoint breaks lines after marks: what is measured gets this much air.
AIR = 1.06
LEADING = 1.25
MM_PER_POINT = 25.4 / 72


@dataclass(frozen=True)
class Fitted:
    """A text with the size at which it fits."""

    text: str
    size: float
    lines: int

    @property
    def height(self) -> float:
        """How high it stands, in millimetres."""
        return self.lines * self.size * LEADING * MM_PER_POINT


def lines_of(text: str, width: float, size: float) -> int:
    """Return in how many lines a text wraps at a size."""
    return len(broken(text, width / AIR, Lettering(size=size, weight="bold"), most=99))


def fitted(text: str, width: float, sizes: Sequence[float], *, most: int = 3, height: float = inf) -> Fitted:
    """Return a text at the largest size at which it takes so few lines, else shortened at the last.

    Args:
        height: of the box in millimetres; at the last size, `most` lines are taken to fit into it.
    """
    for size in sizes:
        told = Fitted(text, size, lines_of(text, width, size))
        if told.lines <= most and told.height <= height:
            return told
    cut = broken(text, width / AIR, Lettering(size=sizes[-1], weight="bold"), most=most)
    return Fitted("".join(cut), sizes[-1], most)


def shortened(text: str, width: float, size: float, *, most: int = 1) -> str:
    """Return a text that takes at most so many lines, cut with an ellipsis where it must be."""
    return "".join(broken(text, width / AIR, Lettering(size=size), most=most))


def is_within(text: str, width: float, size: float) -> bool:
    """Tell whether a text fits into one line."""
    return width_of(text, Lettering(size=size)) * AIR <= width
