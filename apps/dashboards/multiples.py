"""Small multiples: the same four quarters of each part on one scale, drawn on the server. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from apps.core.templatetags.lusong import quarter_name
from apps.dashboards import reading_cells
from apps.dashboards.readings import Reading
from apps.dashboards.tables import Column, Table, text_cell
from apps.dashboards.targets_text import Line
from apps.plans.enums import SliceKind

LEFT, STEP, TOP, REACH = 22, 52, 22, 40


@dataclass(frozen=True)
class Point:
    """A quarter's value in the picture; `is_hollow`: carried from an earlier quarter."""

    x: float
    y: float
    is_hollow: bool


@dataclass(frozen=True)
class Multiple:
    """One part: its name, its latest value in words, its points and the target's height."""

    name: str
    latest: str
    points: Sequence[Point]
    target_y: float | None
    description: str

    @property
    def ticks(self) -> list[tuple[int, str]]:
        """Where the quarters stand, with their short names."""
        names = (gettext("Q1"), gettext("Q2"), gettext("Q3"), gettext("Q4"))
        return [(LEFT + STEP * place, name) for place, name in enumerate(names)]

    @property
    def path(self) -> str:
        """The line through the points, as an SVG attribute."""
        return " ".join(f"{point.x},{point.y}" for point in self.points)


@dataclass(frozen=True)
class Multiples:
    """All parts of one kind with their table."""

    kind: str
    title: str
    pictures: Sequence[Multiple]
    table: Table


def multiples_of(
    kind: str,
    parts: Mapping[str, Sequence[Reading]],
    *,
    lines: Sequence[Line] = (),
    earlier: Mapping[str, Reading] | None = None,
    earlier_title: str = "",
) -> Multiples:
    """Return the small multiples of one kind of slice.

    Args:
        parts: slice value → its readings of the quarters, in order.
        lines: where the target lies; drawn where there is one.
        earlier: slice value → the reading of a year before, for the table; `earlier_title` names its column.
    """
    levels = [float(one.value) for row in parts.values() for one in row if one.value is not None]
    target = float(lines[0].value) if len(lines) == 1 else None
    spread = [*levels, *([target] if target is not None else [])] or [0.0]
    low, high = min(spread), max(spread)
    pictures = [_picture(kind, value, row, low, high, target) for value, row in parts.items()]
    title = gettext("By %(kind)s") % {"kind": str(SliceKind(kind).label).lower()}
    return Multiples(kind, title, pictures, _table(kind, title, parts, earlier or {}, earlier_title))


def _height(value: float, low: float, high: float) -> float:
    share = (value - low) / (high - low) if high > low else 0.5
    return round(TOP + REACH * (1 - share), 1)


def _picture(
    kind: str, value: str, readings: Sequence[Reading], low: float, high: float, target: float | None
) -> Multiple:
    name = reading_cells.slice_name(kind, value)
    told = [f"{quarter_name(one.quarter)} {one.short_text}" for one in readings]
    return Multiple(
        name=name,
        latest=readings[-1].short_text,
        points=[
            Point(LEFT + STEP * (one.quarter - 1), _height(float(one.value), low, high), one.is_carried)
            for one in readings
            if one.value is not None
        ],
        target_y=None if target is None else _height(target, low, high),
        description=f"{name}{gettext(': ')}{gettext(', ').join(told)}",
    )


def _table(
    kind: str,
    title: str,
    parts: Mapping[str, Sequence[Reading]],
    earlier: Mapping[str, Reading],
    earlier_title: str,
) -> Table:
    quarters = [one.quarter for one in next(iter(parts.values()), ())]
    columns = [Column(str(SliceKind(kind).label), 18)]
    columns += [Column(earlier_title, 14, numeric=True)] if earlier else []
    columns += [Column(quarter_name(quarter), 14, numeric=True) for quarter in quarters]
    rows = []
    for value, readings in parts.items():
        before = [text_cell(earlier[value].short_text if value in earlier else "—")] if earlier else []
        rows.append(
            [
                text_cell(reading_cells.slice_name(kind, value)),
                *before,
                *(reading_cells.value_cell(reading) for reading in readings),
            ]
        )
    return Table(title, columns, rows)
