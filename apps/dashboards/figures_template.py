"""The one look of every figure: a Plotly layout as plain dicts. No chart junk, black-and-white safe. Pure."""

from __future__ import annotations

from typing import Any

INK = "#182433"
MUTED = "#667085"
GRID = "#e6e8ec"
ACCENT = "#1f5fa8"
TARGET = "#b42318"
BAND = "rgba(31, 95, 168, 0.10)"
FONT = (
    '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Micro Hei", sans-serif'
)

DASHES = {"target": "solid", "reference": "dash", "baseline": "dot"}
LINE_COLOURS = {"target": TARGET, "reference": MUTED, "baseline": INK}


def layout(*, height: int, **changes: Any) -> dict[str, Any]:
    """Return the shared layout with `changes` on top; axes start bare, without a range."""
    axis = {"showgrid": False, "zeroline": False, "fixedrange": True, "linecolor": GRID, "automargin": True}
    return {
        "height": height,
        "margin": {"l": 8, "r": 16, "t": 24, "b": 8},
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": "#ffffff", "font": {"family": FONT, "color": INK}},
        "separators": ".,",
        "dragmode": False,
        "xaxis": dict(axis),
        "yaxis": {**axis, "showgrid": True, "gridcolor": GRID},
        "shapes": [],
        "annotations": [],
        **changes,
    }


def level_shape(value: float, kind: str, *, vertical: bool = False) -> dict[str, Any]:
    """Return a line across the whole plot at `value`; its dash tells target, reference and baseline apart."""
    ends = {"x0": 0, "x1": 1, "xref": "paper", "y0": value, "y1": value, "yref": "y"}
    if vertical:
        ends = {"y0": 0, "y1": 1, "yref": "paper", "x0": value, "x1": value, "xref": "x"}
    return {"type": "line", **ends, "line": {"color": LINE_COLOURS[kind], "width": 1.5, "dash": DASHES[kind]}}


def level_label(
    value: float, text: str, kind: str, *, vertical: bool = False, anchor: str = "middle"
) -> dict[str, Any]:
    """Return the direct label of a level, beyond the right end of its line.

    On top of a vertical line, or at its foot for a national one, so that the two never meet.
    """
    common = {"text": text, "showarrow": False, "font": {"size": 12, "color": LINE_COLOURS[kind]}}
    if vertical:
        return {
            **common,
            "x": value,
            "xref": "x",
            "y": 0 if kind == "reference" else 1,
            "yref": "paper",
            "xanchor": "auto",
            "yanchor": "top" if kind == "reference" else "bottom",
        }
    place = {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 6, "align": "left"}
    return {**common, **place, "y": value, "yref": "y", "yanchor": anchor}


def bar_shape(value: float, kind: str, place: int) -> dict[str, Any]:
    """Return a line at `value` that crosses one horizontal bar only."""
    ends = {"x0": value, "x1": value, "xref": "x", "y0": place - 0.42, "y1": place + 0.42, "yref": "y"}
    return {"type": "line", **ends, "line": {"color": LINE_COLOURS[kind], "width": 1.5, "dash": DASHES[kind]}}


def bar_label(value: float, text: str, kind: str, place: int) -> dict[str, Any]:
    """Return the label of a line that crosses one bar: above it, right of the line."""
    font = {"size": 11, "color": LINE_COLOURS[kind]}
    where = {"x": value, "xref": "x", "y": place, "yref": "y", "xanchor": "left", "yanchor": "middle"}
    return {"text": text, "showarrow": False, "font": font, "xshift": 4, **where}
