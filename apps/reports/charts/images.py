"""Figures as pictures for documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from apps.reports.charts.canvas import Canvas
from apps.reports.charts.plotly_chart import PlotlyFigure

# The width of a line of text in GB/T 9704: A4 without its margins of 28 and 26 mm.
TEXT_WIDTH = 156.0
TALLEST = 225.0


class PrintFigure(Protocol):
    """What can be drawn: it knows its height in millimetres and says itself in words."""

    @property
    def natural_height(self) -> float: ...

    @property
    def alt(self) -> str: ...

    def draw(self, canvas: Canvas) -> None: ...


@dataclass(frozen=True)
class ChartImage:
    """A PNG of 300 dots an inch with its size on paper and what it says in words."""

    png: bytes
    width_mm: float
    height_mm: float
    alt: str


def chart_image(
    figure: PrintFigure | Mapping[str, Any],
    *,
    width_mm: float = TEXT_WIDTH,
    height_mm: float | None = None,
) -> ChartImage:
    """Return a figure as a picture; the same figure gives the same bytes.

    Args:
        figure: one of this package's figures, or the Plotly dict of a figure of the pages.
        height_mm: the figure's own height unless told, never more than a page.

    Raises:
        FontMissingError: no Chinese font; its message tells what to install.
    """
    drawn = PlotlyFigure(figure) if isinstance(figure, Mapping) else figure
    height = min(height_mm or drawn.natural_height, TALLEST)
    canvas = Canvas(width_mm, height)
    drawn.draw(canvas)
    return ChartImage(canvas.png(), width_mm, height, drawn.alt)


def chart_images(
    figures: Iterable[PrintFigure | Mapping[str, Any]], *, width_mm: float = TEXT_WIDTH
) -> list[ChartImage]:
    """Return many figures as pictures, each at its own height."""
    return [chart_image(figure, width_mm=width_mm) for figure in figures]
