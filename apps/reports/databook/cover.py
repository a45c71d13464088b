"""The first sheet: what the book is of, how to read it, where what stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from apps.reports.workbook import LINE_HEIGHT, Book, sheet_name, text_lines

NAME_WIDTH, TEXT_WIDTH = 24, 86


@dataclass(frozen=True)
class Facts:
    """What the cover says: a title, names with values, sentences on how to read the book."""

    title: str
    rows: Sequence[tuple[str, str]]
    notes: Sequence[str]


def cover_write(book: Book, sheet: Any, facts: Facts, names: Sequence[str]) -> None:
    """Write the cover with a link to each sheet."""
    plain, bold = book.format(text_wrap=True, valign="top"), book.format(bold=True, valign="top")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, NAME_WIDTH)
    sheet.set_column(1, 1, TEXT_WIDTH)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, facts.title, book.format(bold=True, font_size=18, font_color="#1F5FA8"))
    row = 2
    for name, value in facts.rows:
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, value, plain)
        sheet.set_row(row, LINE_HEIGHT * text_lines(value, TEXT_WIDTH))
        row += 1
    row = _notes(sheet, facts.notes, row + 1, bold, plain)
    _contents(book, sheet, names, row + 1, bold)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)


def _notes(sheet: Any, notes: Sequence[str], row: int, bold: Any, plain: Any) -> int:
    sheet.write_string(row, 0, gettext("How to read it"), bold)
    for note in notes:
        sheet.write_string(row, 1, note, plain)
        sheet.set_row(row, LINE_HEIGHT * text_lines(note, TEXT_WIDTH))
        row += 1
    return row


def _contents(book: Book, sheet: Any, names: Sequence[str], row: int, bold: Any) -> None:
    link = book.format(font_color="#1F5FA8", underline=1)
    sheet.write_string(row, 0, gettext("Contents"), bold)
    for place, name in enumerate(names):
        quoted = sheet_name(name).replace("'", "''")
        sheet.write_url(row + place, 1, f"internal:'{quoted}'!A1", link, sheet_name(name))
