"""Tables as an Excel workbook with typed cells. Pure: no query, no request."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext

from apps.dashboards.tables import Cell, CellKind, Chart, Table
from apps.reports.workbook_charts import chart_of, data_write

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
WIDE_FROM = 0x2E80
FONT = {"font_name": "等线", "font_size": 11, "valign": "vcenter"}


def _lines(table: Table, row: Sequence[Cell]) -> int:
    """Return in how many lines the longest cell of a row wraps, a Chinese character taking two places."""
    return (
        max(
            -(
                -sum(2 if ord(character) > WIDE_FROM else 1 for character in cell.text)
                // max(column.width - 1, 1)
            )
            for column, cell in zip(table.columns, row, strict=True)
        )
        or 1
    )


class Book:
    """A workbook being written; each format is made once."""

    def __init__(self) -> None:
        self.buffer = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.buffer, OPTIONS)
        self.formats: dict[tuple[tuple[str, object], ...], Any] = {}
        self.charts: list[tuple[Any, int, Chart]] = []

    def format(self, **properties: object) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({**FONT, **properties})
        return self.formats[key]

    def cell_format(self, cell: Cell) -> Any:
        """Return the format of a cell by its kind: 54.0 % keeps its decimals, a date is a date."""
        places = f".{'0' * cell.decimals}" if cell.decimals else ""
        match cell.kind:
            case CellKind.PERCENT:
                return self.format(num_format=f"0{places}%", border=1, border_color="#D5DAE1")
            case CellKind.NUMBER:
                return self.format(num_format=f"#,##0{places}", border=1, border_color="#D5DAE1")
            case CellKind.DATE:
                return self.format(num_format="yyyy-mm-dd", border=1, border_color="#D5DAE1", align="left")
        return self.format(text_wrap=True, border=1, border_color="#D5DAE1")

    def sheet(self, table: Table) -> None:
        """Write one table as a sheet, its heading frozen and printed on each page."""
        sheet = self.book.add_worksheet(table.name.translate(FORBIDDEN).strip("' ")[:LONGEST_NAME])
        head = self.format(bold=True, bg_color="#EAF1FA", border=1, border_color="#D5DAE1", text_wrap=True)
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.title, head)
        for number, row in enumerate(table.rows, start=1):
            sheet.set_row(number, LINE_HEIGHT * _lines(table, row))
            for place, cell in enumerate(row):
                self.write(sheet, number, place, cell)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        if table.rows:
            sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
        if table.chart:
            self.charts.append((sheet, len(table.rows) + 2, table.chart))

    def write(self, sheet: Any, row: int, column: int, cell: Cell) -> None:
        style = self.cell_format(cell)
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
    for sheet, place, chart in book.charts:
        data_write(book, data, row, chart)
        sheet.insert_chart(place, 0, chart_of(book.book, chart, sheet_name=name, row=row), {"x_offset": 8})
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
