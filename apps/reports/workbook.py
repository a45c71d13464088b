"""Tables as an Excel workbook with typed cells. Pure: no query, no request."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext

from apps.dashboards.tables import Cell, CellKind, Chart, Column, Table
from apps.reports.workbook_charts import chart_of, data_write, rows_of

# Nothing in a cell becomes a formula or a link; a name that looks like one stays text.
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
LONGEST_NAME = 31
LINE_HEIGHT = 16
MOST_LINES = 25
# Characters on a page that can still be read; the first columns that name a row.
PAGE_WIDTH = 210
NAMES = 2
WIDE_FROM = 0x2E80
FONT = {"font_name": "等线", "font_size": 11, "valign": "vcenter"}


def text_lines(text: str, width: int) -> int:
    """Return in how many lines a text wraps in a column, a Chinese character taking two places."""
    places = sum(2 if ord(character) > WIDE_FROM else 1 for character in text)
    return -(-places // max(width - 1, 1)) or 1


def _lines(table: Table, row: Sequence[Cell]) -> int:
    """Return in how many lines the longest cell of a row wraps; Excel shows no row higher than MOST_LINES."""
    needed = (text_lines(cell.text, column.width) for column, cell in zip(table.columns, row, strict=True))
    return min(max(needed, default=1), MOST_LINES)


def sheet_name(name: str) -> str:
    """Return a name that Excel takes for a sheet."""
    return name.translate(FORBIDDEN).strip("' ")[:LONGEST_NAME].strip("' ") or "-"


class Book:
    """A workbook being written; each format is made once. With a date of its own it is the same each time."""

    def __init__(self, *, created: dt.date | None = None) -> None:
        self.buffer = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.buffer, OPTIONS)
        if created is not None:
            self.book.set_properties({"created": dt.datetime.combine(created, dt.time())})
        self.formats: dict[tuple[tuple[str, object], ...], Any] = {}
        self.charts: list[tuple[Any, int, int, Chart]] = []

    def format(self, **properties: object) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({**FONT, **properties})
        return self.formats[key]

    def head_format(self, column: Column) -> Any:
        """Return the format of a heading, which stands as its numbers do."""
        side = {"align": "right"} if column.numeric else {}
        frame = {"border": 1, "border_color": "#D5DAE1"}
        return self.format(bold=True, bg_color="#EAF1FA", text_wrap=True, **frame, **side)

    def cell_format(self, cell: Cell, *, is_right: bool = False) -> Any:
        """Return the format of a cell by its kind: 54.0 % keeps its decimals, a date is a date."""
        places = f".{'0' * cell.decimals}" if cell.decimals else ""
        match cell.kind:
            case CellKind.PERCENT:
                return self.format(num_format=f"0{places}%", border=1, border_color="#D5DAE1")
            case CellKind.NUMBER:
                return self.format(num_format=f"#,##0{places}", border=1, border_color="#D5DAE1")
            case CellKind.DATE:
                return self.format(num_format="yyyy-mm-dd", border=1, border_color="#D5DAE1", align="left")
        side = {"align": "right"} if is_right else {"indent": 1}
        return self.format(text_wrap=True, border=1, border_color="#D5DAE1", **side)

    def sheet(self, table: Table) -> None:
        """Write one table as a sheet, its heading frozen and printed on each page."""
        sheet = self.book.add_worksheet(sheet_name(table.name))
        sheet.set_row(
            0, LINE_HEIGHT * max((text_lines(one.title, one.width) for one in table.columns), default=1)
        )
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.title, self.head_format(column))
        for number, row in enumerate(table.rows, start=1):
            sheet.set_row(number, LINE_HEIGHT * _lines(table, row))
            for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
                self.write(sheet, number, place, cell, is_right=column.numeric)
        across = -(-sum(column.width for column in table.columns) // PAGE_WIDTH)
        self._page(sheet, across)
        if table.rows:
            sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
        place = len(table.rows) + 2
        for chart in (table.chart, *table.more_charts):
            if chart is not None:
                # Beside the columns that are printed again on each page, or the chart would be too.
                self.charts.append((sheet, place, NAMES if across > 1 else 0, chart))
                place += rows_of(chart)

    @staticmethod
    def _page(sheet: Any, across: int) -> None:
        """Set a sheet for A4 across so many pages, its heading (and, across several, its names) on each."""
        sheet.freeze_panes(1, NAMES if across > 1 else 0)
        sheet.repeat_rows(0)
        if across > 1:
            sheet.repeat_columns(0, NAMES - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer("&C&P / &N")
        sheet.fit_to_pages(max(across, 1), 0)

    def write(self, sheet: Any, row: int, column: int, cell: Cell, *, is_right: bool = False) -> None:
        style = self.cell_format(cell, is_right=is_right)
        if cell.value is None or cell.kind is CellKind.TEXT:
            sheet.write_string(row, column, cell.text, style)
        elif isinstance(cell.value, dt.date):
            sheet.write_datetime(row, column, dt.datetime.combine(cell.value, dt.time()), style)
        else:
            scale = 100 if cell.kind is CellKind.PERCENT else 1
            sheet.write_number(row, column, float(cell.value) / scale, style)

    def about(self, facts: Sequence[tuple[str, str]]) -> None:
        """Write the sheet that says what the workbook is of."""
        sheet = self.book.add_worksheet(gettext("About"))
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 80)
        for number, (name, value) in enumerate(facts):
            sheet.write_string(number, 0, name, self.format(bold=True))
            sheet.write_string(number, 1, value, self.format(text_wrap=True))

    def bytes(self) -> bytes:
        self.book.close()
        return self.buffer.getvalue()


def charts_add(book: Book) -> None:
    """Draw the charts below their tables; what they are drawn from stands on a sheet of its own."""
    if not book.charts:
        return
    name = gettext("Data of the charts")
    data = book.book.add_worksheet(name)
    row = 0
    for sheet, place, column, chart in book.charts:
        data_write(book, data, row, chart)
        drawn = chart_of(book.book, chart, sheet_name=name, row=row)
        sheet.insert_chart(place, column, drawn, {"x_offset": 8})
        row += len(chart.names) + 3


def workbook_bytes(tables: Sequence[Table], *, facts: Sequence[tuple[str, str]]) -> bytes:
    """Return a workbook with one sheet a table and a last sheet of facts about it.

    Args:
        facts: name and value, e.g. plan, quarter, business date, generation.
    """
    book = Book()
    for table in tables:
        book.sheet(table)
    charts_add(book)
    book.about(facts)
    return book.bytes()
