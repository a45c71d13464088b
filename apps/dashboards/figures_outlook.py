"""What lies ahead on a chart of four quarters: the expected path and the band of a forecast. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from apps.dashboards.figures_template import ACCENT, BAND, MUTED


@dataclass(frozen=True)
class Band:
    """A forecast from a measured quarter to the last one; numbers on the chart's axis, words to point at."""

    start: int
    end: int
    value: Decimal
    forecast: Decimal
    low: Decimal
    high: Decimal
    text: str

    @property
    def levels(self) -> list[float]:
        return [float(self.low), float(self.high)]


def band_traces(band: Band | None) -> list[dict[str, Any]]:
    """Return the shaded range and the dashed middle of a forecast, nothing without one."""
    if band is None:
        return []
    start, end, value = band.start, band.end, float(band.value)
    shared = {"type": "scatter", "hoverinfo": "skip", "cliponaxis": False}
    return [
        {
            **shared,
            "mode": "lines",
            "x": [start, end, end, start],
            "y": [value, float(band.high), float(band.low), value],
            "fill": "toself",
            "fillcolor": BAND,
            "line": {"width": 0},
        },
        {
            **shared,
            "mode": "lines",
            "x": [start, end],
            "y": [value, float(band.forecast)],
            "line": {"color": ACCENT, "width": 1.5, "dash": "dot"},
        },
        {
            **shared,
            "mode": "markers",
            "x": [end],
            "y": [float(band.forecast)],
            "marker": {"size": 9, "symbol": "diamond-open", "color": ACCENT, "line": {"width": 1.5}},
            "hoverinfo": "text",
            "hovertext": band.text,
        },
    ]


def path_trace(path: Mapping[int, Decimal]) -> list[dict[str, Any]]:
    """Return the expected path as a thin dotted line from the year's start; nothing without one."""
    if not path:
        return []
    quarters = sorted(path)
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [0, *quarters],
            "y": [0.0, *(float(path[quarter]) for quarter in quarters)],
            "line": {"color": MUTED, "width": 1.5, "dash": "dot"},
            "hovertemplate": gettext("expected by now") + " %{y}<extra></extra>",
        }
    ]


def legend_text(*, has_path: bool, has_band: bool) -> str:
    """Return in words what the dotted line and the shade are; empty where neither is drawn."""
    words = []
    if has_path:
        words.append(gettext("dotted line: what the schedule asks for"))
    if has_band:
        words.append(gettext("shaded: forecast of the year's end, holds in four cases of five"))
    return gettext("; ").join(words)
