"""Tables on paper: the head repeated on each page, rows whole, numbers right with their unit in the head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape  # writes, reads nothing  # nosec B406

from apps.reports.paper.measures import twips
from apps.reports.paper.oxml import element, legible

SHORT = 8


@dataclass(frozen=True)
class Column:
    """A column: its head (unit included), its share of the width, whether it holds numbers."""

    title: str
    width: int
    is_number: bool = False
    is_centred: bool = False


@dataclass(frozen=True)
class Grid:
    """A table as texts: one list of cells a row. `is_small` sets it in the smallest size."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    is_small: bool = field(default=False)


def table_element(grid: Grid, *, width: int) -> Any:
    """Return a table, `width` millimetres wide."""
    wide = _widths(grid.columns, twips(width))
    head = _row([column.title for column in grid.columns], grid, wide, is_head=True, is_kept=True)
    rows = "".join(
        _row(row, grid, wide, is_kept=_is_kept(place, len(grid.rows))) for place, row in enumerate(grid.rows)
    )
    columns = "".join(f'<w:gridCol w:w="{one}"/>' for one in wide)
    return element(
        f'<w:tbl><w:tblPr><w:tblStyle w:val="OfficialTable"/><w:tblW w:w="{sum(wide)}" w:type="dxa"/>'
        '<w:jc w:val="center"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{head}{rows}</w:tbl>"
    )


def _widths(columns: Sequence[Column], whole: int) -> list[int]:
    shares = sum(column.width for column in columns)
    wide = [whole * column.width // shares for column in columns]
    return [*wide[:-1], whole - sum(wide[:-1])]


def _is_kept(place: int, count: int) -> bool:
    """Tell whether a row stays on a page with the next: short tables are whole, long ones end in pairs."""
    return place < count - 1 and (count <= SHORT or place < 2 or place == count - 2)


def _row(
    cells: Sequence[str],
    grid: Grid,
    wide: Sequence[int],
    *,
    is_head: bool = False,
    is_kept: bool = False,
) -> str:
    made = "".join(
        _cell(text, _layout(column, grid, is_head=is_head, is_kept=is_kept), one)
        for text, column, one in zip(cells, grid.columns, wide, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if is_head else ''}</w:trPr>{made}</w:tr>"


def _layout(column: Column, grid: Grid, *, is_head: bool, is_kept: bool) -> str:
    kind = "Head" if is_head else "Number" if column.is_number else "Text"
    style = f"{'Small' if grid.is_small else 'Table'}{kind}"
    kept = "<w:keepNext/>" if is_kept else ""
    centred = '<w:jc w:val="center"/>' if column.is_centred and not is_head else ""
    return f'<w:pStyle w:val="{style}"/>{kept}{centred}'


def _cell(text: str, layout: str, width: int) -> str:
    lines = "".join(
        f'<w:p><w:pPr>{layout}</w:pPr><w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(legible(line))}</w:t></w:r></w:p>'
        for line in text.split("\n")
    )
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>{lines}</w:tc>'
    )
