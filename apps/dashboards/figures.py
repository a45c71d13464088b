"""Figures: readings → plain Plotly dicts against one shared template. Pure; nothing here reads the database.

The look: four quarters always in the same place, bars from zero, direct labels with units, a target as a line
with its number. Every number in a figure has already passed the hiding of small cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from apps.dashboards import wording
from apps.dashboards.figures_labels import span_of, text_side, wrapped
from apps.dashboards.figures_outlook import Band, band_traces, path_trace
from apps.dashboards.figures_template import (
    ACCENT,
    INK,
    MUTED,
    bar_label,
    bar_shape,
    layout,
    level_label,
    level_shape,
)
from apps.dashboards.readings import Reading
from apps.dashboards.targets_text import Line

QUARTERS = (1, 2, 3, 4)
BASELINE_SLOT = 0
LABEL_MARGIN = 72
NO_PATH: Mapping[int, Decimal] = {}
NOTHING = "\u00a0"  # Plotly drops the label of the point before an empty text
# A long bar carries its number inside at its foot, clear of the target line that stands near its end.
INSIDE_SHARE = 0.4


@dataclass(frozen=True)
class Bar:
    """One bar: `value` None is told in words by `text`; `lines` are those of this bar alone."""

    label: str
    value: Decimal | None
    text: str
    lines: Sequence[Line] = ()


@dataclass(frozen=True)
class Dot:
    """One school in a strip; `row` is the stage (or ownership) it is drawn in."""

    row: str
    name: str
    value: Decimal
    text: str


@dataclass(frozen=True)
class TargetStep:
    """The levels of a target from the first to the last quarter that it was in force."""

    first: int
    last: int
    levels: tuple[Line, ...]


def trend(
    readings: Sequence[Reading],
    *,
    lines: Sequence[Line] = (),
    steps: Sequence[TargetStep] = (),
    baseline: Line | None = None,
    unit: str,
    path: Mapping[int, Decimal] = NO_PATH,
    band: Band | None = None,
) -> dict[str, Any]:
    """Return the course of four quarters; carried ones are hollow, the baseline is a diamond before them.

    Args:
        path: quarter → what the schedule asks for by its end.
        band: the forecast of the year's end.
        steps: the targets of a year in which one was changed, in place of a target among `lines`.
    """
    slots = _slots(readings)
    levelled = [*lines, *(line for step in steps for line in step.levels)]
    values = [None if slot is None or slot.value is None else float(slot.value) for slot in slots]
    levels = [value for value in values if value is not None] + [float(line.value) for line in levelled]
    levels += [float(baseline.value)] if baseline else []
    levels += [float(level) for level in path.values()] + (band.levels if band else [])
    span = span_of(levels)
    near = [float(line.value) for line in levelled]
    data = [*path_trace(path), *band_traces(band)]
    data.append(_trend_trace(slots, values, [text_side(value, near, span) for value in values]))
    if baseline:
        data.append(_baseline_trace(baseline, text_side(float(baseline.value), near, span)))
    figure_layout = layout(
        height=300,
        xaxis=_quarter_axis(bool(baseline)),
        shapes=[*(level_shape(float(line.value), line.kind) for line in lines), *_step_shapes(steps)],
        annotations=[
            *_level_labels([*lines, *(steps[-1].levels if steps else ())]),
            *_step_labels(steps[:-1]),
        ],
    )
    figure_layout["margin"]["r"] = LABEL_MARGIN if lines or steps else 16
    figure_layout["yaxis"].update(range=span, nticks=5, ticksuffix=unit if unit == wording.PERCENT else "")
    return {"data": data, "layout": figure_layout}


def _step_shapes(steps: Sequence[TargetStep]) -> list[dict[str, Any]]:
    """Each target over its own quarters, not across the whole year."""
    return [
        {
            **level_shape(float(line.value), line.kind),
            "xref": "x",
            "x0": step.first - 0.5,
            "x1": step.last + 0.5,
        }
        for step in steps
        for line in step.levels
    ]


def _step_labels(steps: Sequence[TargetStep]) -> list[dict[str, Any]]:
    """An earlier target is named above the beginning of its line, with the quarter it ended in."""
    return [
        {
            **level_label(float(line.value), _until(line, step), line.kind, anchor="bottom"),
            "xref": "x",
            "x": step.first - 0.5,
            "xshift": 0,
        }
        for step in steps
        for line in step.levels
    ]


def _until(line: Line, step: TargetStep) -> str:
    return gettext("%(target)s until Q%(quarter)s") % {"target": line.label, "quarter": step.last}


def _trend_trace(
    slots: Sequence[Reading | None], values: Sequence[float | None], sides: Sequence[str]
) -> dict[str, Any]:
    carried = [slot is not None and slot.is_carried for slot in slots]
    texts = ["" if slot is None or slot.value is None else slot.value_text for slot in slots]
    notes = ["" if slot is None else (slot.carried_text or slot.coverage_text) for slot in slots]
    return {
        "type": "scatter",
        "mode": "lines+markers+text",
        "x": list(QUARTERS),
        "y": list(values),
        # A carried number stands at the quarter it is of; repeated it would run into it on a phone.
        "text": [NOTHING if hollow else text for hollow, text in zip(carried, texts, strict=True)],
        "textposition": list(sides),
        "cliponaxis": False,
        "connectgaps": False,
        "line": {"color": ACCENT, "width": 2},
        "marker": {
            "size": 11,
            "color": ACCENT,
            "symbol": ["circle-open" if hollow else "circle" for hollow in carried],
            "line": {"color": ACCENT, "width": 2},
        },
        "customdata": [f"{text}<br>{note}" for text, note in zip(texts, notes, strict=True)],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _baseline_trace(baseline: Line, side: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [BASELINE_SLOT],
        "y": [float(baseline.value)],
        "text": [baseline.label],
        "textposition": side,
        "cliponaxis": False,
        "marker": {"size": 10, "symbol": "diamond-open", "color": INK, "line": {"color": INK, "width": 2}},
        "hovertemplate": "%{text}<extra></extra>",
    }


def _quarter_axis(has_baseline: bool) -> dict[str, Any]:
    names = [wording.quarter_short(quarter) for quarter in QUARTERS]
    ticks = [BASELINE_SLOT, *QUARTERS] if has_baseline else list(QUARTERS)
    return {
        "range": [-0.5, 4.5],
        "tickvals": ticks,
        "ticktext": [gettext("Baseline"), *names] if has_baseline else names,
        "tickangle": 0,
        "tickfont": {"size": 12},
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": True,
    }


def _level_labels(lines: Sequence[Line]) -> list[dict[str, Any]]:
    ordered = sorted(lines, key=lambda line: line.value)
    anchors = ["middle"] if len(ordered) == 1 else ["top", *["bottom"] * (len(ordered) - 1)]
    return [
        level_label(float(line.value), wrapped(line.label), line.kind, anchor=anchor)
        for line, anchor in zip(ordered, anchors, strict=False)
    ]


def bars(rows: Sequence[Bar], *, lines: Sequence[Line] = ()) -> dict[str, Any]:
    """Return horizontal bars from zero with direct labels, the first row on top."""
    labels = [row.label for row in rows]
    values = [float(row.value) if row.value is not None else 0.0 for row in rows]
    own = [(place, line) for place, row in enumerate(rows) for line in row.lines]
    levels = [*values, *(float(line.value) for line in [*lines, *(line for _place, line in own)]), 0.0]
    high, low = max(levels) or 1.0, min(levels)
    across = [
        next((line for line in lines if line.kind != "reference"), None),
        next((line for line in lines if line.kind == "reference"), None),
    ]
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": values,
        "y": labels,
        "text": [row.text for row in rows],
        "textposition": ["inside" if abs(value) > high * INSIDE_SHARE else "outside" for value in values],
        "insidetextanchor": "start",
        "textangle": 0,
        "cliponaxis": False,
        "marker": {"color": [ACCENT if row.value is not None else MUTED for row in rows]},
        "hovertemplate": "%{y} %{text}<extra></extra>",
    }
    figure_layout = layout(
        height=(64 if lines else 44) + 38 * len(rows),
        bargap=0.4,
        shapes=[
            *(level_shape(float(line.value), line.kind, vertical=True) for line in lines),
            *(bar_shape(float(line.value), line.kind, place) for place, line in own),
        ],
        annotations=[
            *(
                level_label(float(line.value), line.label, line.kind, vertical=True)
                for line in across
                if line is not None
            ),
            *(bar_label(float(line.value), line.label, line.kind, place) for place, line in own),
        ],
    )
    figure_layout["margin"]["t"] = 28 if lines else 8
    figure_layout["margin"]["b"] = 28 if across[1] else figure_layout["margin"]["b"]
    figure_layout["xaxis"].update(range=[low * 1.3, high * 1.3], showticklabels=False)
    figure_layout["yaxis"].update(autorange="reversed", showgrid=False, type="category")
    return {"data": [trace], "layout": figure_layout}


def steps(readings: Sequence[Reading]) -> dict[str, Any]:
    """Return what is done or not as four marks: filled when done, hollow when not, nothing where unknown."""
    slots = _slots(readings)
    known = [slot is not None and slot.value is not None for slot in slots]
    done = [slot is not None and slot.value is not None and slot.value > 0 for slot in slots]
    trace = _step_trace(slots, [0 if is_known else None for is_known in known], done)
    figure_layout = layout(height=150, xaxis=_quarter_axis(has_baseline=False))
    figure_layout["yaxis"].update(range=[-1, 1.4], showticklabels=False, showgrid=False)
    return {"data": [trace], "layout": figure_layout}


def stairs(
    readings: Sequence[Reading],
    total: int,
    names: Sequence[str],
    *,
    path: Mapping[int, Decimal] = NO_PATH,
    band: Band | None = None,
) -> dict[str, Any]:
    """Return a milestone as stairs: the step reached in each quarter, each step with its name.

    Args:
        path: quarter → the steps the schedule asks for by its end.
        band: the forecast of the year's end, in steps.
    """
    slots = _slots(readings)
    levels = [None if slot is None or slot.told is None else float(slot.told) for slot in slots]
    trace = _step_trace(slots, levels, [bool(level) for level in levels])
    trace["line"]["shape"] = "hv"
    figure_layout = layout(
        height=90 + 44 * total,
        xaxis=_quarter_axis(has_baseline=False),
        shapes=[level_shape(float(total), "target")],
    )
    figure_layout["yaxis"].update(
        range=[-0.3, total + 0.6], tickvals=list(range(total + 1)), ticktext=list(names)
    )
    return {"data": [*path_trace(path), *band_traces(band), trace], "layout": figure_layout}


def _slots(readings: Sequence[Reading]) -> list[Reading | None]:
    by_quarter = {reading.quarter: reading for reading in readings}
    return [by_quarter.get(quarter) for quarter in QUARTERS]


def _step_trace(
    slots: Sequence[Reading | None], levels: Sequence[float | None], done: Sequence[bool]
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers+text",
        "x": list(QUARTERS),
        "y": list(levels),
        "text": ["" if slot is None else slot.short_text for slot in slots],
        "textposition": "top center",
        "cliponaxis": False,
        "line": {"color": MUTED, "width": 2},
        "marker": {
            "size": 20,
            "symbol": ["circle" if is_done else "circle-open" for is_done in done],
            "color": ACCENT,
            "line": {"color": ACCENT, "width": 2},
        },
        "hovertemplate": "%{text}<extra></extra>",
    }
