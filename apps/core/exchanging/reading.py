"""The rows of an uploaded workbook or CSV file as text, by heading. Nothing in a file is ever evaluated.

The kind of a file is what its first bytes say, not what its name claims. CSV is UTF-8 (with or without BOM)
or GB 18030, which WPS and Excel write on Chinese Windows.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import python_calamine
from django.utils.translation import gettext as _

from apps.core.numbers import plain_decimal
from apps.core.typed import tidy

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_UNPACKED = 60 * 1024 * 1024
MOST_ROWS = 5000
MOST_COLUMNS = 60
LONGEST_CELL = 2000
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TOTALS = frozenset({"合计", "总计", "小计"})


class FileRefused(ValueError):
    """The file cannot be read as a whole; `str()` says why and what to do."""


@dataclass(frozen=True)
class Sheet:
    """Headings and rows of text; `numbers` are the rows' numbers in the file, from 1."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int]

    def column_letter(self, heading: str) -> str:
        """Return the letter of a column, empty when the file does not have it."""
        return letter(self.headings.index(heading)) if heading in self.headings else ""


def letter(place: int) -> str:
    """Return the letters of a column: 0 is A, 26 is AA."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text


def read_sheet(content: bytes, *, headings: Sequence[str], required: Sequence[str]) -> Sheet:
    """Return the rows below the line that holds the required headings; blank lines and totals are left out.

    Raises:
        FileRefused: too large, no table, unknown encoding, a heading missing, double or unknown.
    """
    if len(content) > LARGEST_FILE:
        raise FileRefused(
            _("The file is larger than %(limit)s MB. Split it.") % {"limit": LARGEST_FILE >> 20}
        )
    lines = [[_cell(value) for value in line] for line in _lines(content)]
    top = _heading_line(lines, required)
    found = _named(lines[top], headings, required)
    rows, numbers = [], []
    for number, line in enumerate(lines[top + 1 :], start=top + 2):
        values = (line + [""] * len(found))[: len(found)]
        if any(values) and values[0] not in TOTALS:
            rows.append(values)
            numbers.append(number)
    if not rows:
        raise FileRefused(_("There is no row below the headings."))
    if len(rows) > MOST_ROWS:
        raise FileRefused(
            _("There are %(count)s rows; at most %(limit)s are taken at a time.")
            % {"count": len(rows), "limit": MOST_ROWS}
        )
    return Sheet(found, rows, numbers)


def _lines(content: bytes) -> list[list[object]]:
    if content.startswith((ZIP, OLD_EXCEL)):
        return _workbook_lines(content)
    if b"\x00" in content[:4096]:
        raise FileRefused(_("This is neither an Excel workbook nor a CSV file."))
    return list(_csv_lines(content))


def _workbook_lines(content: bytes) -> list[list[object]]:
    if content.startswith(ZIP):
        _refuse_bomb(content)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS + 50)
    except FileRefused:
        raise
    except Exception as error:  # the reader has many errors of its own, all of them mean the same
        raise FileRefused(_("The workbook cannot be opened; save it again as .xlsx.")) from error
    return [list(row[:MOST_COLUMNS]) for row in rows]


def _refuse_bomb(content: bytes) -> None:
    """A small archive may unpack to gigabytes: look at the sizes it declares first."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            size = sum(item.file_size for item in archive.infolist())
    except zipfile.BadZipFile as error:
        raise FileRefused(_("The workbook cannot be opened; save it again as .xlsx.")) from error
    if "[Content_Types].xml" not in names or size > LARGEST_UNPACKED:
        raise FileRefused(_("This is neither an Excel workbook nor a CSV file."))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileRefused(_("Workbooks with macros are not taken; save it as .xlsx."))


def _csv_lines(content: bytes) -> Iterator[list[object]]:
    text = _decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    try:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield list(line[:MOST_COLUMNS])
    except csv.Error as error:
        raise FileRefused(_("The CSV file is damaged: %(why)s") % {"why": error}) from error


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused(_("The characters of the file cannot be read; save it as CSV UTF-8 or as .xlsx."))


def _cell(value: object) -> str:
    """Return a cell as it would be typed: a whole number without its point, a date the ISO way."""
    match value:
        case bool():
            return "是" if value else "否"
        case float() | int():
            return plain_decimal(value)
        case dt.datetime():
            return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
        case dt.date():
            return value.isoformat()
    text = str(value or "").strip()[:LONGEST_CELL]
    # An export writes an apostrophe before what a spreadsheet would take for a formula.
    return text[1:] if text.startswith("'") and text[1:2] in tuple("=+-@|") else text


def _heading_line(lines: list[list[str]], required: Sequence[str]) -> int:
    for number, line in enumerate(lines[:10]):
        if set(required) <= {_heading(text) for text in line}:
            return number
    raise FileRefused(
        _("The headings are missing: the file needs the columns %(columns)s. Use the template.")
        % {"columns": "、".join(required)}
    )


def _heading(text: str) -> str:
    return tidy(text).replace(" ", "").rstrip("*")


def _named(line: Sequence[str], known: Sequence[str], required: Sequence[str]) -> list[str]:
    found = [_heading(text) for text in line]
    while found and not found[-1]:
        found.pop()
    twice = {name for name in found if name and found.count(name) > 1}
    unknown = {name for name in found if name and name not in known}
    if twice:
        raise FileRefused(_("A column stands twice: %(columns)s.") % {"columns": "、".join(sorted(twice))})
    if unknown:
        raise FileRefused(
            _("Unknown columns: %(columns)s. Remove them or use the template.")
            % {"columns": "、".join(sorted(unknown))}
        )
    return found
