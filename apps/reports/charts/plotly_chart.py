"""The screen's own figures (Plotly dicts of dashboards.figures) drawn for print: traces, levels, labels.

Reads what those figures use of Plotly and nothing more: scatter and horizontal bar traces, lines, rectangles,
annotations, a value axis and four quarters. One pixel of the screen is 0.7 points on paper.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.dashboards.figures_template import ACCENT, GRID, INK
from apps.reports.charts.axes import Scale, tick_text, ticks_of
from apps.reports.charts.canvas import POINT, Anchor, Canvas, Lettering, broken, width_of
from apps.reports.charts.plotly_marks import draw_bars, draw_scatter

POINTS_PER_PIXEL = 0.7
MM_PER_PIXEL = POINTS_PER_PIXEL * POINT
AXIS = 6.0
PAD = 1.5
WIDEST_NAMES = 0.4
Data = Mapping[str, Any]


@dataclass(frozen=True)
class PlotlyFigure:
    """A figure of a page; `title` says in a few words what it shows."""

    plotly: Data
    title: str = ""

    @property
    def natural_height(self) -> float:
        return float(self.plotly["layout"].get("height", 300)) * MM_PER_PIXEL

    @property
    def alt(self) -> str:
        """What the chart says in words: its labelled points."""
        words = [self.title] if self.title else []
        for trace in self.plotly["data"]:
            words += [str(text) for text in trace.get("text", ()) if str(text).strip()]
        words += [plain(one["text"]) for one in self.plotly["layout"].get("annotations", ())]
        return "; ".join(words)

    def draw(self, canvas: Canvas) -> None:
        """Draw grid, what lies below, traces, what lies above, labels."""
        layout = self.plotly["layout"]
        plot = plot_of(self.plotly, canvas)
        _draw_axes(canvas, plot, layout)
        shapes = layout.get("shapes", ())
        for shape in shapes:
            if shape.get("layer") == "below":
                _draw_shape(canvas, plot, shape)
        for trace in self.plotly["data"]:
            draw = draw_bars if trace["type"] == "bar" else draw_scatter
            draw(canvas, plot.x, plot.y, trace)
        for shape in shapes:
            if shape.get("layer") != "below":
                _draw_shape(canvas, plot, shape)
        for note in layout.get("annotations", ()):
            _draw_note(canvas, plot, note)


@dataclass(frozen=True)
class Plot:
    """The two scales and the names on the vertical one."""

    x: Scale
    y: Scale
    names: Sequence[tuple[float, str]]
    x_names: Sequence[tuple[float, str]]

    def place(self, thing: Data, x: str, y: str) -> tuple[float, float]:
        """Return the point of a shape or a note; `paper` counts from the plot's lower left corner."""
        across, up = float(thing[x]), float(thing[y])
        return (
            self.x.start + across * (self.x.end - self.x.start)
            if thing.get("xref") == "paper"
            else self.x.at(across),
            self.y.start + up * (self.y.end - self.y.start)
            if thing.get("yref") == "paper"
            else self.y.at(up),
        )


def lettering_of(font: Data, weight: Any = "regular") -> Lettering:
    """Return a font of the screen for paper."""
    size = float(font.get("size", 13)) * POINTS_PER_PIXEL
    return Lettering(size=size, colour=str(font.get("color", INK)), weight=weight)


def plain(text: str) -> str:
    """Return a label without Plotly's line breaks."""
    return re.sub(r"<br\s*/?>", "", text)


def plot_of(figure: Data, canvas: Canvas) -> Plot:
    """Return the scales, after room is made for names on the left and labels on the right."""
    layout = figure["layout"]
    names = _vertical_names(figure)
    widest = max((width_of(name, Lettering(size=8.4)) for _at, name in names), default=0.0)
    left = min(widest, canvas.width * WIDEST_NAMES) + PAD * 2 if names else PAD
    right = canvas.width - max(_room_right(layout), 4.0)
    top = max(float(layout.get("margin", {}).get("t", 24)) * MM_PER_PIXEL, 4.0)
    x_names = _horizontal_names(layout)
    bottom = canvas.height - (AXIS if x_names else float(layout["margin"].get("b", 8)) * MM_PER_PIXEL)
    x_low, x_high = layout["xaxis"].get("range", (0, 1))
    y_low, y_high = _vertical_range(figure)
    return Plot(
        Scale(float(x_low), float(x_high), left, right),
        Scale(float(y_low), float(y_high), bottom, top),
        names,
        x_names,
    )


def _room_right(layout: Data) -> float:
    notes = [one for one in layout.get("annotations", ()) if one.get("xref") == "paper"]
    lines = [(line, lettering_of(one.get("font", {}))) for one in notes for line in one["text"].split("<br>")]
    return max((width_of(line, font) + 3.0 for line, font in lines), default=0.0)


def _categories(figure: Data) -> list[str]:
    is_category = figure["layout"]["yaxis"].get("type") == "category"
    return [str(name) for name in figure["data"][0]["y"]] if is_category else []


def _vertical_range(figure: Data) -> tuple[float, float]:
    categories = _categories(figure)
    if categories:
        return len(categories) - 0.5, -0.5
    low, high = figure["layout"]["yaxis"].get("range", (0, 1))
    return float(low), float(high)


def _vertical_names(figure: Data) -> list[tuple[float, str]]:
    axis, categories = figure["layout"]["yaxis"], _categories(figure)
    if categories:
        return [(float(place), name) for place, name in enumerate(categories)]
    if axis.get("showticklabels") is False:
        return []
    if "ticktext" in axis:
        return list(zip(map(float, axis["tickvals"]), map(str, axis["ticktext"]), strict=True))
    return _number_names(axis)


def _horizontal_names(layout: Data) -> list[tuple[float, str]]:
    axis = layout["xaxis"]
    if axis.get("showticklabels") is False:
        return []
    if "ticktext" in axis:
        return list(zip(map(float, axis["tickvals"]), map(str, axis["ticktext"]), strict=True))
    return _number_names(axis)


def _number_names(axis: Data) -> list[tuple[float, str]]:
    low, high = axis.get("range", (0, 1))
    ticks = ticks_of(float(low), float(high), int(axis.get("nticks", 5)))
    return [(tick, f"{tick_text(tick, ticks)}{axis.get('ticksuffix', '')}") for tick in ticks]


def _draw_axes(canvas: Canvas, plot: Plot, layout: Data) -> None:
    font = Lettering(size=8.4, colour=INK)
    for at, name in plot.names:
        y = plot.y.at(at)
        if layout["yaxis"].get("showgrid"):
            canvas.line([(plot.x.start, y), (plot.x.end, y)], colour=GRID, thick=0.2)
        lines = broken(name, plot.x.start - PAD * 2 + 0.1, font)
        for number, line in enumerate(lines):
            offset = (number - (len(lines) - 1) / 2) * font.height
            canvas.text(plot.x.start - PAD, y + offset, line, font, anchor="right")
    for at, name in plot.x_names:
        canvas.text(plot.x.at(at), plot.y.start + AXIS / 2 + 0.5, name, font, anchor="middle")
    if plot.x_names:
        canvas.line([(plot.x.start, plot.y.start), (plot.x.end, plot.y.start)], colour=INK, thick=0.2)


def _draw_shape(canvas: Canvas, plot: Plot, shape: Data) -> None:
    start, end = plot.place(shape, "x0", "y0"), plot.place(shape, "x1", "y1")
    if shape["type"] == "rect":
        left, top = min(start[0], end[0]), min(start[1], end[1])
        canvas.box(left, top, abs(end[0] - start[0]), abs(end[1] - start[1]), fill="#e4ecf5")
        return
    line = shape["line"]
    thick = float(line.get("width", 1)) * MM_PER_PIXEL
    canvas.line([start, end], colour=line.get("color", ACCENT), thick=thick, dash=line.get("dash", "solid"))


def _draw_note(canvas: Canvas, plot: Plot, note: Data) -> None:
    font = lettering_of(note.get("font", {}))
    x, y = plot.place(note, "x", "y")
    x += float(note.get("xshift", 0)) * MM_PER_PIXEL
    lines = str(note["text"]).split("<br>")
    height = font.height * len(lines)
    first = {"top": 0.0, "middle": -height / 2, "bottom": -height}[note.get("yanchor", "middle")]
    anchor = _anchor(note, (x - plot.x.start) / ((plot.x.end - plot.x.start) or 1))
    for number, line in enumerate(lines):
        canvas.text(x, y + first + (number + 0.5) * font.height, line, font, anchor=anchor)


def _anchor(note: Data, share: float) -> Anchor:
    """An automatic anchor keeps a label inside: left third, middle, right third."""
    anchors: dict[str, Anchor] = {"left": "left", "center": "middle", "right": "right"}
    chosen = note.get("xanchor", "auto")
    if chosen == "auto":
        return "left" if share < 1 / 3 else "right" if share > 2 / 3 else "middle"
    return anchors[chosen]
