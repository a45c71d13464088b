"""A file that somebody brought, with what is wrong of it written beside its rows. Pure: no query."""

from __future__ import annotations

import io
from collections import defaultdict

import xlsxwriter

from apps.core.exchanging.grids import Limits, grids_of
from apps.core.exchanging.marks import place_of
from apps.core.exchanging.outcomes import Outcome
from apps.reports.workbook import FONT, OPTIONS

WIDTH, ERROR_WIDTH = 16, 60


def marked_workbook(content: bytes, outcome: Outcome, limits: Limits) -> bytes:
    """Return the first sheet of a file as text, its wrong cells coloured and a last column that says why."""
    lines = grids_of(content, limits)[0].lines
    width = max((len(line) for line in lines), default=0)
    places, words = _errors(outcome)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    plain, red = book.add_format(FONT), book.add_format({**FONT, "bg_color": "#FDE4E1"})
    why = book.add_format({**FONT, "font_color": "#B3261E", "text_wrap": True, "indent": 1})
    sheet = book.add_worksheet("Sheet1")
    sheet.set_column(0, max(width - 1, 0), WIDTH)
    sheet.set_column(width, width, ERROR_WIDTH)
    for row, line in enumerate(lines):
        for column, text in enumerate(line):
            sheet.write_string(row, column, text, red if (row, column) in places else plain)
        if row in words:
            sheet.write_string(row, width, " ".join(words[row]), why)
    book.close()
    return buffer.getvalue()


def _errors(outcome: Outcome) -> tuple[set[tuple[int, int]], dict[int, list[str]]]:
    places = set()
    words: dict[int, list[str]] = defaultdict(list)
    for row in outcome.rows:
        for error in row.errors:
            place = place_of(error.cell) if error.cell else None
            if place is not None:
                places.add(place)
            at = f"{error.cell}：" if error.cell else ""
            words[row.number - 1].append(f"{at}{error.message}")
    return places, words
