"""The traces of the screen's figures on paper: lines, markers, labels, bars."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from apps.dashboards.figures_template import ACCENT, INK, MUTED
from apps.reports.charts.axes import Scale
from apps.reports.charts.canvas import POINT, Canvas, Lettering, Point, width_of

MM_PER_PIXEL = 0.7 * POINT
Data = Mapping[str, Any]
CLEAR = 3.0
LABEL = Lettering(size=9, colour=INK, halo=0.4)
INSIDE = Lettering(size=9, colour="#ffffff", weight="bold")


def printed(colour: str) -> str:
    """Return a colour of the screen as a plain one on white paper; an alpha is mixed with white."""
    found = re.fullmatch(r"rgba\((\d+), *(\d+), *(\d+), *([\d.]+)\)", colour)
    if not found:
        return colour
    alpha = float(found[4])
    return "#" + "".join(f"{round(int(part) * alpha + 255 * (1 - alpha)):02x}" for part in found.groups()[:3])


def draw_scatter(canvas: Canvas, x: Scale, y: Scale, trace: Data) -> None:
    """Draw a scatter trace: its area, its line, its markers, its labels."""
    points = [
        None if level is None else (x.at(float(at)), y.at(float(level)))
        for at, level in zip(trace["x"], trace["y"], strict=True)
    ]
    mode = trace.get("mode", "lines")
    if trace.get("fill") == "toself":
        corners = [point for point in points if point]
        canvas.shape(corners, fill=printed(trace["fillcolor"]), outline=MUTED, thick=0.15)
    elif "lines" in mode:
        _draw_line(canvas, points, trace.get("line", {}))
    if "markers" in mode:
        _draw_markers(canvas, points, trace.get("marker", {}))
    if "text" in mode:
        _draw_labels(canvas, points, trace)


def _draw_line(canvas: Canvas, points: Sequence[Point | None], line: Data) -> None:
    thick = float(line.get("width", 2)) * MM_PER_PIXEL
    if not thick:
        return
    known: list[Point] = []
    for point in [*points, None]:
        if point is not None:
            if known and line.get("shape") == "hv":
                known.append((point[0], known[-1][1]))
            known.append(point)
        elif len(known) > 1:
            canvas.line(known, colour=line.get("color", ACCENT), thick=thick, dash=line.get("dash", "solid"))
        if point is None:
            known = []


def _draw_markers(canvas: Canvas, points: Sequence[Point | None], marker: Data) -> None:
    symbols = marker.get("symbol", "circle")
    radius = float(marker.get("size", 8)) * MM_PER_PIXEL / 2
    colour = str(marker.get("color", ACCENT))
    for place, point in enumerate(points):
        if point is None:
            continue
        symbol = symbols if isinstance(symbols, str) else symbols[place]
        fill = "#ffffff" if symbol.endswith("-open") else colour
        if symbol.startswith("diamond"):
            a, b = point
            corners = [(a, b - radius), (a + radius, b), (a, b + radius), (a - radius, b)]
            canvas.shape(corners, fill=fill, outline=colour, thick=0.4)
        else:
            canvas.disc(point, radius, fill=fill, outline=colour)


def _draw_labels(canvas: Canvas, points: Sequence[Point | None], trace: Data) -> None:
    sides = trace.get("textposition", "top center")
    is_stairs = trace.get("line", {}).get("shape") == "hv"
    radius = float(trace.get("marker", {}).get("size", 8)) * MM_PER_PIXEL / 2
    for place, (point, text) in enumerate(zip(points, trace["text"], strict=True)):
        if point is None:
            continue
        side = sides if isinstance(sides, str) else sides[place]
        if not is_stairs and _is_valley(points, place):
            side = "bottom center"
        half = width_of(text, LABEL) / 2
        across = min(max(point[0], half), canvas.width - half)
        if side.startswith("bottom"):
            canvas.text(across, point[1] + radius + 0.8, text, LABEL, anchor="middle", baseline="top")
        else:
            canvas.text(across, point[1] - radius - 0.8, text, LABEL, anchor="middle", baseline="bottom")


def _is_valley(points: Sequence[Point | None], place: int) -> bool:
    """Tell whether the line goes up from the point, through a number that would stand on top."""
    near = [points[at] for at in (place - 1, place + 1) if 0 <= at < len(points)]
    point = points[place]
    known = [other for other in near if other is not None]
    return point is not None and bool(known) and all(other[1] < point[1] - CLEAR for other in known)


def draw_bars(canvas: Canvas, x: Scale, y: Scale, trace: Data) -> None:
    """Draw horizontal bars from zero, each with its number inside or behind it."""
    thick = abs(y.at(1) - y.at(0)) * 0.6
    for place, (value, text) in enumerate(zip(trace["x"], trace["text"], strict=True)):
        start, end, middle = x.at(0), x.at(float(value)), y.at(place)
        left, width = min(start, end), abs(end - start)
        if width:
            canvas.box(left, middle - thick / 2, width, thick, fill=ACCENT, outline=INK)
        if trace["textposition"][place] == "inside":
            canvas.text(left + 1.2, middle, text, INSIDE)
        else:
            canvas.text(left + width + 1.2, middle, text, LABEL)
