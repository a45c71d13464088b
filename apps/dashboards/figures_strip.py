"""The distribution of schools as a strip of dots: where they lie, not who is first. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from apps.dashboards.figures import Dot
from apps.dashboards.figures_template import ACCENT, BAND, INK, layout, level_label, level_shape
from apps.dashboards.targets_text import Line

BINS = 60
STEP = 0.09
HALF_HEIGHT = 0.4
FEWEST_FOR_QUARTILES = 4


def quartiles(values: Sequence[Decimal]) -> tuple[Decimal, Decimal, Decimal] | None:
    """Return lower quartile, median and upper quartile (linear interpolation between ranks, R type 7).

    None below four values: the middle half of three schools is three schools.
    """
    if len(values) < FEWEST_FOR_QUARTILES:
        return None
    ordered = sorted(values)
    return (
        _quantile(ordered, Fraction(1, 4)),
        _quantile(ordered, Fraction(1, 2)),
        _quantile(ordered, Fraction(3, 4)),
    )


def _quantile(ordered: Sequence[Decimal], share: Fraction) -> Decimal:
    position = share * (len(ordered) - 1)
    rank = position.numerator // position.denominator
    rest = position - rank
    if rest == 0:
        return ordered[rank]
    weight = Decimal(rest.numerator) / Decimal(rest.denominator)
    return ordered[rank] + (ordered[rank + 1] - ordered[rank]) * weight


def strip(dots: Sequence[Dot], *, lines: Sequence[Line] = (), ticksuffix: str = "") -> dict[str, Any]:
    """Return one row of dots for each stage with its middle half shaded and its median marked."""
    rows: dict[str, list[Dot]] = defaultdict(list)
    for dot in dots:
        rows[dot.row].append(dot)
    names = list(rows)
    levels = [float(dot.value) for dot in dots] + [float(line.value) for line in lines]
    low, high = (min(levels), max(levels)) if levels else (0.0, 1.0)
    room = (high - low) * 0.06 or 1.0
    shapes = [shape for place, name in enumerate(names) for shape in _middle_half(rows[name], place)]
    shapes += [level_shape(float(line.value), line.kind, vertical=True) for line in lines]
    figure_layout = layout(
        height=70 + 90 * max(1, len(names)),
        shapes=shapes,
        annotations=[
            level_label(float(line.value), line.label, line.kind, vertical=True) for line in lines[:1]
        ],
    )
    figure_layout["margin"]["t"] = 28
    figure_layout["xaxis"].update(range=[low - room, high + room], ticksuffix=ticksuffix, nticks=6)
    figure_layout["yaxis"].update(
        range=[len(names) - 0.45, -0.55], tickvals=list(range(len(names))), ticktext=names, showgrid=False
    )
    return {
        "data": [_row_trace(rows[name], place, low, high) for place, name in enumerate(names)],
        "layout": figure_layout,
    }


def _row_trace(dots: Sequence[Dot], place: int, low: float, high: float) -> dict[str, Any]:
    ordered = sorted(dots, key=lambda dot: dot.value)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [float(dot.value) for dot in ordered],
        "y": _stacked([float(dot.value) for dot in ordered], place, low, high),
        "text": [f"{dot.name} {dot.text}" for dot in ordered],
        "marker": {"size": 8, "color": ACCENT, "opacity": 0.65, "line": {"color": "#ffffff", "width": 0.5}},
        "hovertemplate": "%{text}<extra></extra>",
    }


def _stacked(values: Sequence[float], place: int, low: float, high: float) -> list[float]:
    """Return a height for each dot so that dots of about the same value stand beside each other."""
    slots = [int((value - low) / (high - low) * BINS) if high > low else 0 for value in values]
    fullest = max(Counter(slots).values(), default=1)
    step = min(STEP, 2 * HALF_HEIGHT / fullest)
    seen: dict[int, int] = defaultdict(int)
    heights = []
    for slot in slots:
        order = seen[slot]
        seen[slot] += 1
        heights.append(round(place + (order + 1) // 2 * step * (1 if order % 2 else -1), 3))
    return heights


def _middle_half(dots: Sequence[Dot], place: int) -> list[dict[str, Any]]:
    found = quartiles([dot.value for dot in dots])
    if found is None:
        return []
    lower, median, upper = (float(value) for value in found)
    box = {
        "type": "rect",
        "x0": lower,
        "x1": upper,
        "y0": place - 0.38,
        "y1": place + 0.38,
        "fillcolor": BAND,
    }
    middle = {"type": "line", "x0": median, "x1": median, "y0": place - 0.38, "y1": place + 0.38}
    return [
        {**box, "line": {"width": 0}, "layer": "below"},
        {**middle, "line": {"color": INK, "width": 2}, "layer": "below"},
    ]
