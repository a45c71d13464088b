"""The sheets of a workbook, or the one of a CSV file, as text: each cell as a person would type it. Pure.

The kind of a file is what its first bytes say, not what its name claims. CSV is UTF-8 (with or without BOM)
or GB 18030, which WPS and Excel write on Chinese Windows. Nothing in a file is ever evaluated.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import python_calamine
from django.utils.translation import gettext as _

from apps.core.archives import OLE_HEAD, ZIP_HEAD, SafeArchive, Unsafe
from apps.core.exchanging.marks import Marks, Place, marks_of
from apps.core.numbers import plain_text

LARGEST_FILE = 5 * 1024 * 1024
MOST_ROWS = 5000
MOST_COLUMNS = 300
SPARE_LINES = 50
LONGEST_CELL = 2000
# A spreadsheet keeps and shows 15 digits: 0.1 + 0.2 is 0.3 there.
SIGNIFICANT = 15


@dataclass(frozen=True)
class Limits:
    """How much of a file is taken: bytes, and rows below the headings."""

    largest: int = LARGEST_FILE
    rows: int = MOST_ROWS

    @property
    def megabytes(self) -> int:
        return self.largest >> 20

    @property
    def lines(self) -> int:
        """Lines that are read: with titles above the headings, and enough to say that there are too many."""
        return self.rows + SPARE_LINES


FORM = Limits()
MANY_SCHOOLS = Limits(largest=24 * 1024 * 1024, rows=200_000)
"""All schools of a city in one file: a thousand of them with a hundred figures each, twice over."""


class FileRefused(ValueError):
    """The file cannot be read as a whole; `str()` says why and what to do."""


@dataclass(frozen=True)
class Grid:
    """One sheet. `marks` counts rows and columns from 0, as `lines` does."""

    name: str
    lines: Sequence[Sequence[str]]
    marks: Marks = field(default_factory=Marks)

    def text(self, row: int, column: int) -> str:
        """Return a cell, empty beyond the last one."""
        line = self.lines[row] if 0 <= row < len(self.lines) else ()
        return line[column] if 0 <= column < len(line) else ""

    def trouble(self, place: Place) -> str:
        """Return why a cell cannot be trusted whatever stands in it: a code of TROUBLES, or nothing."""
        if place in self.marks.formulas_without_value:
            return "formula_without_value"
        if place in self.marks.personal_comments:
            return "personal_comment"
        first, height = self.marks.merged.get(place, (place, 1))
        if (height > 1 or first != place) and self.text(*first):
            return "merged"
        if place[0] in self.marks.hidden_rows and self.text(*place):
            return "hidden_row"
        return ""


def trouble_text(code: str) -> str:
    """Return a trouble in words."""
    return {
        "formula_without_value": _(
            "This cell holds a formula without a result. Open the file in Excel or WPS and save it, or write"
            " the number itself."
        ),
        "personal_comment": _(
            "The comment of this cell holds an identity or phone number. Delete the comment; only figures are"
            " collected."
        ),
        "merged": _(
            "This cell is merged with others, so it is unclear to which row the figure belongs. Split the"
            " cells and write each figure in its own row."
        ),
        "hidden_row": _(
            "This row is hidden, so it is unclear whether it counts. Show the row, check it and choose the"
            " file again; or delete it."
        ),
    }[code]


def letter(place: int) -> str:
    """Return the letters of a column: 0 is A, 26 is AA."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text


def address(row: int, column: int) -> str:
    """Return an address counted from 0: (6, 2) is C7."""
    return f"{letter(column)}{row + 1}"


def grids_of(content: bytes, limits: Limits = FORM) -> list[Grid]:
    """Return the sheets of a workbook in their order, or the only one of a CSV file.

    Raises:
        FileRefused: too large, neither a workbook nor a CSV file, damaged, with macros, unknown characters.
    """
    if len(content) > limits.largest:
        raise FileRefused(_("The file is larger than %(limit)s MB. Split it.") % {"limit": limits.megabytes})
    if content.startswith((ZIP_HEAD, OLE_HEAD)):
        return _workbook(content, limits)
    if b"\x00" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefused(_("This is neither an Excel workbook nor a CSV file."))
    cell = Cells()
    lines = [[cell(value) for value in line[:MOST_COLUMNS]] for line in _csv_lines(content)[: limits.lines]]
    return [Grid("", lines)]


def _workbook(content: bytes, limits: Limits) -> list[Grid]:
    marks = _marks(content) if content.startswith(ZIP_HEAD) else {}
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        grids = []
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=limits.lines)
            grids.append(_grid(name, rows, marks.get(name, Marks())))
    except Exception as error:  # the reader has many errors of its own, all of them mean the same
        raise FileRefused(_("The workbook cannot be opened; save it again as .xlsx.")) from error
    if not grids:
        raise FileRefused(_("The workbook cannot be opened; save it again as .xlsx."))
    return grids


def _marks(content: bytes) -> dict[str, Marks]:
    """A small archive may unpack to gigabytes or run things: it is looked at before anything is read."""
    try:
        archive = SafeArchive(io.BytesIO(content))
        if "[Content_Types].xml" not in archive.names or "xl/workbook.bin" in archive.names:
            raise FileRefused(_("This is neither an Excel workbook nor a CSV file."))
        archive.check_contents()
        return marks_of(archive)
    except Unsafe as refusal:
        if refusal.code == "macros":
            raise FileRefused(_("Workbooks with macros are not taken; save it as .xlsx.")) from refusal
        if refusal.code == "vast":
            raise FileRefused(
                _(
                    "Something stands far below or far to the right of the table. Delete what lies outside of"
                    " it and save the file again."
                )
            ) from refusal
        if refusal.code == "encrypted":
            raise FileRefused(_("The workbook is protected by a password; save it without one.")) from refusal
        raise FileRefused(_("The workbook cannot be opened; save it again as .xlsx.")) from refusal


def _grid(name: str, rows: Sequence[Sequence[object]], marks: Marks) -> Grid:
    cell = Cells()
    lines = [[cell(value) for value in row[:MOST_COLUMNS]] for row in rows]
    for row, column in marks.percent:
        if row < len(lines) and column < len(lines[row]):
            lines[row][column] = cell_text(rows[row][column], is_percent=True)
    for (row, column), text in marks.errors.items():  # the reader leaves #DIV/0! out
        if row < len(lines) and column < len(lines[row]):
            lines[row][column] = text
    return Grid(name, lines, marks)


def _csv_lines(content: bytes) -> list[list[str]]:
    text = _decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise FileRefused(_("The CSV file is damaged: %(why)s") % {"why": error}) from error


def _decoded(content: bytes) -> str:
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused(_("The characters of the file cannot be read; save it as CSV UTF-8 or as .xlsx."))


class Cells:
    """Texts of cells; those that say the same are one object, read once."""

    def __init__(self) -> None:
        self.known: dict[type, dict[Any, str]] = {str: {}, float: {}}

    def __call__(self, value: object) -> str:
        """Return a cell as it would be typed."""
        known: dict[Any, str] | None = self.known.get(type(value))
        if known is None:
            return cell_text(value)
        text = known.get(value)
        if text is None:
            text = known[value] = cell_text(value)
        return text


def cell_text(value: object, *, is_percent: bool = False) -> str:
    """Return a cell as it would be typed: no point in a whole number, an ISO date, a share shown as 54%."""
    match value:
        case bool():
            return "是" if value else "否"
        case float() | int():
            number = Decimal(f"{value:.{SIGNIFICANT}g}") if isinstance(value, float) else Decimal(value)
            return f"{plain_text(number * 100)}%" if is_percent else plain_text(number)
        case dt.datetime():
            return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
        case dt.date():
            return value.isoformat()
    text = str(value or "").strip()[:LONGEST_CELL]
    # An export writes an apostrophe before what a spreadsheet would take for a formula.
    return text[1:] if text.startswith("'") and text[1:2] in tuple("=+-@|") else text
