"""A table as columns and typed cells, shared by the page, the CSV file and the workbook. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from apps.core import display
from apps.dashboards import wording


class CellKind(Enum):
    """What a cell holds. PERCENT values are in per cent (54.0), not shares."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"


@dataclass(frozen=True)
class Cell:
    """A value with the text a reader sees; `href` makes the screen's cell a link.

    `decimals` belongs to NUMBER and PERCENT. A cell whose value is None shows its text in words.
    """

    value: str | Decimal | dt.date | None
    text: str
    kind: CellKind = CellKind.TEXT
    decimals: int = 0
    href: str = ""
    light: str = ""

    @property
    def is_number(self) -> bool:
        return self.kind in (CellKind.NUMBER, CellKind.PERCENT)


@dataclass(frozen=True)
class Column:
    """A column: its heading and how wide it is in a workbook, in characters."""

    title: str
    width: int = 14
    numeric: bool = False


class ChartKind(Enum):
    """How a workbook draws a chart: a line over time, bars side by side, or bars of parts."""

    LINE = "line"
    BAR = "bar"
    STACKED = "stacked"


@dataclass(frozen=True)
class Series:
    """Numbers of one name, in per cent where the chart is of percentages; `css` names a light's colour.

    `decimals` says how each number is rounded where it is shown; without it at most two are shown.
    """

    name: str
    values: Sequence[Decimal | None]
    css: str
    is_line: bool = False
    decimals: Sequence[int] = ()


@dataclass(frozen=True)
class Chart:
    """A chart that a workbook draws natively beside a table."""

    title: str
    kind: ChartKind
    names: Sequence[str]
    series: Sequence[Series]
    is_percent: bool


@dataclass(frozen=True)
class Table:
    """A named table; `name` becomes a sheet's name, `notes` are shown below it, charts are for workbooks."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = field(default=())
    chart: Chart | None = None
    more_charts: Sequence[Chart] = field(default=())

    @property
    def rows_by_column(self) -> list[list[tuple[Column, Cell]]]:
        """The rows, each cell with its column."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


def text_cell(text: object, *, href: str = "", light: str = "") -> Cell:
    """Return a cell of text."""
    return Cell(str(text), str(text), href=href, light=light)


def number_cell(
    number: Decimal | int | None, *, unit: str = "", decimals: int = 0, instead: str = "—"
) -> Cell:
    """Return a cell of a number in `unit`; `instead` says in words why there is none."""
    if number is None:
        return Cell(None, instead)
    exact = Decimal(number)
    if unit == "是/否":
        return text_cell(wording.number_text(exact, unit=unit, decimals=0))
    if unit == wording.PERCENT:
        return Cell(
            exact, wording.number_text(exact, unit=unit, decimals=decimals), CellKind.PERCENT, decimals
        )
    return Cell(exact, display.number_text(exact, decimals), CellKind.NUMBER, decimals)


def count_cell(number: Decimal | int | None, *, instead: str = "—") -> Cell:
    """Return a cell of an amount whose decimals are as many as it has (0 for head counts)."""
    if number is None:
        return Cell(None, instead)
    exact = Decimal(number).normalize()
    exponent = exact.as_tuple().exponent
    return number_cell(exact, decimals=max(0, -exponent) if isinstance(exponent, int) else 0)


def share_cell(share: Fraction | None, *, instead: str = "—") -> Cell:
    """Return a cell of a share of 1, in per cent: as many decimals as keep 99.6 % from reading 100 %."""
    number = wording.as_decimal(None if share is None else share * 100)
    if share is None or number is None:
        return Cell(None, instead)
    decimals = 0
    while decimals < wording.MOST_DECIMALS and _looks_whole(number, decimals) and number not in (0, 100):
        decimals += 1
    return Cell(number, wording.share_text(share, decimals), CellKind.PERCENT, decimals)


def _looks_whole(number: Decimal, decimals: int) -> bool:
    return display.rounded(number, decimals) in (0, 100)


def date_cell(date: dt.date | None, *, instead: str = "—") -> Cell:
    """Return a cell of a date, written the ISO way."""
    return Cell(None, instead) if date is None else Cell(date, date.isoformat(), CellKind.DATE)
