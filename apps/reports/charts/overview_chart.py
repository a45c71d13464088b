"""The areas with their lights as stacked bars: hatch, number and legend tell the lights apart. For print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from apps.dashboards import lights, wording
from apps.dashboards.overview import AreaRow
from apps.reports.charts.canvas import Canvas, Lettering, broken, width_of
from apps.reports.charts.print_style import INK, LABEL, NORMAL, QUIET, fill_of

ROW, HEAD, LEGEND_LINE = 7.0, 5.0, 5.5
NAMES_SHARE, COVERAGE = 0.36, 22.0
BAR = 4.8
GAP = 2.0


@dataclass(frozen=True)
class AreaBar:
    """An area with how many of its indicators have which status, in the order of the lights."""

    name: str
    counts: Sequence[tuple[str, int]]
    coverage: str


@dataclass(frozen=True)
class OverviewFigure:
    """The 18 areas × lights."""

    bars: Sequence[AreaBar]

    @property
    def statuses(self) -> list[str]:
        found = {status for bar in self.bars for status, _count in bar.counts}
        return [str(status) for status in lights.ORDER if str(status) in found]

    @property
    def natural_height(self) -> float:
        return HEAD + ROW * len(self.bars) + LEGEND_LINE * (1 + len(self.statuses) // 5)

    @property
    def alt(self) -> str:
        """The chart in words, for who cannot see it."""
        return gettext("; ").join(f"{bar.name}: {_counts_text(bar.counts)}" for bar in self.bars)

    def draw(self, canvas: Canvas) -> None:
        """Draw the bars on one scale and below them the legend."""
        legend = LEGEND_LINE * (1 + len(self.statuses) // 5)
        height = (canvas.height - HEAD - legend) / max(len(self.bars), 1)
        most = max((sum(count for _status, count in bar.counts) for bar in self.bars), default=0) or 1
        left, right = canvas.width * NAMES_SHARE, canvas.width - COVERAGE
        canvas.text(left, HEAD / 2, gettext("Indicators by status"), QUIET)
        canvas.text(canvas.width, HEAD / 2, gettext("Data coverage"), QUIET, anchor="right")
        for place, bar in enumerate(self.bars):
            middle = HEAD + (place + 0.5) * height
            name = broken(bar.name, left - GAP, LABEL, most=1)[0]
            canvas.text(0, middle, name, LABEL)
            _draw_bar(canvas, bar.counts, left, (right - left) / most, middle)
            canvas.text(canvas.width, middle, bar.coverage, LABEL, anchor="right")
        _draw_legend(canvas, self.statuses, canvas.height - legend)


def overview_figure(rows: Sequence[AreaRow]) -> OverviewFigure | None:
    """Return the areas with their lights, as the overview tells them; None without an indicator."""
    bars = [
        AreaBar(f"{row.area.number}. {wording.in_language(row.area)}", row.counts, row.coverage_text)
        for row in rows
    ]
    return OverviewFigure(bars) if any(bar.counts for bar in bars) else None


def _counts_text(counts: Sequence[tuple[str, int]]) -> str:
    return gettext(", ").join(f"{lights.sign_of(status).word} {count}" for status, count in counts)


def _draw_bar(
    canvas: Canvas, counts: Sequence[tuple[str, int]], left: float, unit: float, middle: float
) -> None:
    for status, count in counts:
        fill, width = fill_of(status), unit * count
        top = middle - BAR / 2
        canvas.box(
            left, top, width, BAR, fill=fill.ground, hatch=fill.hatch, ink=fill.ink, outline=INK, thick=0.15
        )
        _draw_number(canvas, str(count), status, left + width / 2, middle)
        left += width


def _draw_number(canvas: Canvas, number: str, status: str, x: float, middle: float) -> None:
    fill = fill_of(status)
    lettering = Lettering(size=8, colour=fill.number, weight="bold")
    if fill.hatch:  # a hatch under a number makes it hard to read
        width = width_of(number, lettering) + 0.8
        canvas.box(x - width / 2, middle - 1.5, width, 3.0, fill="#ffffff")
    canvas.text(x, middle, number, lettering, anchor="middle")


def _draw_legend(canvas: Canvas, statuses: Sequence[str], top: float) -> None:
    x, y = 0.0, top + LEGEND_LINE / 2
    for status in statuses:
        text, fill = lights.text_of(status), fill_of(status)
        width = 8.5 + width_of(text, NORMAL) + 4
        if x and x + width > canvas.width:
            x, y = 0.0, y + LEGEND_LINE
        canvas.box(x, y - 1.6, 7, 3.2, fill=fill.ground, hatch=fill.hatch, ink=fill.ink, outline=INK)
        canvas.text(x + 8.5, y, text, NORMAL)
        x += width
