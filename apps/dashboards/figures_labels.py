"""Where labels and axes of figures stand. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

LABEL_WIDTH = 8


def text_side(value: float | None, near: Sequence[float], span: Sequence[float]) -> str:
    """Return where a point's number stands: below it when a line runs just above."""
    room = (span[1] - span[0]) * 0.18
    crossed = value is not None and any(value <= level <= value + room for level in near)
    return "bottom center" if crossed else "top center"


def wrapped(text: str, width: int = LABEL_WIDTH) -> str:
    """Return a label cut into lines of about `width` Chinese characters, never inside a word or number."""
    lines = [""]
    for word in re.findall(r"[0-9A-Za-z%.,≥≤]+|.", text):
        if len(lines[-1]) + len(word) > width and lines[-1]:
            lines.append("")
        lines[-1] += word
    return "<br>".join(line.strip() for line in lines)


def span_of(levels: Sequence[float], margin: float = 0.22) -> list[float]:
    """Return an axis range around the levels with room for labels; not below zero without need."""
    if not levels:
        return [0.0, 1.0]
    low, high = min(levels), max(levels)
    room = (high - low) * margin or abs(high) * margin or 1.0
    return [max(0.0, low - room) if low >= 0 else low - room, high + room]
