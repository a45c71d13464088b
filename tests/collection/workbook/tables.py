"""Tables as people make them: workbooks and CSV files of every shape, made in memory."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter

from apps.collection.workbook.identity import IDENTITY_SHEET, Identity


@dataclass(frozen=True)
class Formula:
    """A formula with the result that was saved with it, if any."""

    text: str
    result: object = ""


@dataclass(frozen=True)
class Percent:
    value: float


def xlsx(
    rows: Sequence[Sequence[object]],
    *,
    merge: Sequence[tuple[str, object]] = (),
    hide: Sequence[int] = (),
    comments: dict[str, str] | None = None,
    identity: Identity | None = None,
    sheets_before: Sequence[Sequence[Sequence[object]]] = (),
) -> bytes:
    """Return a workbook.

    Args:
        merge: areas and what stands in them.
        hide: numbers of hidden rows, from 1.
        sheets_before: further sheets in front of the table.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False}
    )
    for number, other in enumerate(sheets_before):
        _fill(book, book.add_worksheet(f"说明{number}"), other)
    sheet = book.add_worksheet("表")
    _fill(book, sheet, rows)
    for area, content in merge:
        sheet.merge_range(area, content)
    for number in hide:
        sheet.set_row(number - 1, None, None, {"hidden": True})
    for address, text in (comments or {}).items():
        sheet.write_comment(address, text)
    if identity is not None:
        hidden = book.add_worksheet(IDENTITY_SHEET)
        _fill(book, hidden, identity.rows())
        hidden.very_hidden()
    book.close()
    return buffer.getvalue()


def _fill(book: xlsxwriter.Workbook, sheet: object, rows: Sequence[Sequence[object]]) -> None:
    share, date = book.add_format({"num_format": "0.0%"}), book.add_format({"num_format": "yyyy/m/d"})
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            match value:
                case Formula():
                    sheet.write_formula(number, place, value.text, None, value.result)
                case Percent():
                    sheet.write_number(number, place, value.value, share)
                case dt.date():
                    sheet.write_datetime(number, place, dt.datetime.combine(value, dt.time()), date)
                case str():
                    sheet.write_string(number, place, value) if value else None
                case _:
                    sheet.write(number, place, value)


def text(rows: Sequence[Sequence[object]], *, encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    """Return a CSV file."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)
