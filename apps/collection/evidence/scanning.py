"""Identity and phone numbers in texts, tables, workbooks, documents and PDFs, with where they stand."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from xml.etree import ElementTree  # for its type alone  # nosec B405

import python_calamine
from django.utils.translation import gettext as _

from apps.collection.evidence.kinds import CSV, DOCX, PDF, TXT, XLSX, text_of
from apps.collection.evidence.pdfs import pdf_text
from apps.collection.evidence.refusals import Finding
from apps.core.archives import SafeArchive, Unsafe
from apps.core.exchanging.reading import letter
from apps.core.kept import TextCheck
from apps.core.numbers import plain_decimal
from apps.core.personal import personal_numbers

ENOUGH = 200
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WORD_PARTS = re.compile(r"^word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml$")
BESIDE_CELLS = re.compile(r"^xl/(comments\d*|threadedComments/.+|drawings/drawing\d+|drawings/.+)\.xml$")
PICTURE = re.compile(r"^(?:xl|word)/media/")
COMMENT_CELL = re.compile(r"[A-Z]{1,3}\d{1,7}")


@dataclass(frozen=True)
class Looked:
    """What the search for personal numbers found, and how much of the file it could read."""

    findings: list[Finding]
    check: TextCheck


def look(content: bytes, content_type: str) -> Looked:
    """Search a file that was checked before; pictures are not read, nor those inside other files."""
    if content_type == PDF:
        return _pdf(content)
    reader = _READERS.get(content_type)
    if reader is None:
        return Looked([], TextCheck.NONE)
    findings = list(islice(reader(content), ENOUGH))
    has_pictures = content_type in (XLSX, DOCX) and _has_pictures(content)
    return Looked(findings, TextCheck.PARTLY if has_pictures else TextCheck.ALL)


def _pdf(content: bytes) -> Looked:
    read = pdf_text(content)
    findings = [
        Finding(_("page %(number)s") % {"number": page.number}, found.masked)
        for page in read.pages
        for found in personal_numbers(page.text)
    ]
    return Looked(findings[:ENOUGH], read.check)


def _has_pictures(content: bytes) -> bool:
    return any(PICTURE.search(name) for name in SafeArchive(io.BytesIO(content)).names)


def _text_lines(content: bytes) -> Iterator[Finding]:
    for number, line in enumerate((text_of(content) or "").splitlines(), start=1):
        for found in personal_numbers(line):
            yield Finding(_("line %(number)s") % {"number": number}, found.masked)


def _table_cells(content: bytes) -> Iterator[Finding]:
    text = text_of(content) or ""
    delimiter = max(",\t;", key=text.partition("\n")[0].count)
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
            for place, cell in enumerate(row):
                for found in personal_numbers(cell):
                    yield Finding(f"{letter(place)}{number}", found.masked)
    except csv.Error:
        yield from _text_lines(content)


def _workbook_cells(content: bytes) -> Iterator[Finding]:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for number, row in enumerate(rows, start=1):
                yield from _row(f"{name}!", number, row)
    except Unsafe:
        raise
    except Exception as error:  # the reader has many errors of its own, all of them mean the same
        raise Unsafe("damaged") from error
    yield from _beside_cells(content)


def _row(sheet: str, number: int, row: Sequence[object]) -> Iterator[Finding]:
    for place, value in enumerate(row):
        is_number = isinstance(value, float | int) and not isinstance(value, bool)
        if value in ("", None) or isinstance(value, bool | dt.date | dt.time | dt.timedelta):
            continue
        text = plain_decimal(value) if isinstance(value, float | int) else str(value)
        for found in personal_numbers(text, is_number_cell=is_number):
            yield Finding(f"{sheet}{letter(place)}{number}", found.masked)


def _beside_cells(content: bytes) -> Iterator[Finding]:
    """Comments, text boxes and shapes: calamine does not read them."""
    for _name, tree in SafeArchive(io.BytesIO(content)).texts(BESIDE_CELLS):
        comments = [node for node in tree.iter() if COMMENT_CELL.fullmatch(node.get("ref", ""))]
        for node in comments or [tree]:
            where = (
                _("comment at %(cell)s") % {"cell": node.get("ref")} if comments else _("text box or drawing")
            )
            for found in personal_numbers(_all_text(node)):
                yield Finding(where, found.masked)


def _paragraphs(content: bytes) -> Iterator[Finding]:
    for name, tree in SafeArchive(io.BytesIO(content)).texts(WORD_PARTS):
        inner = name.removeprefix("word/").removesuffix(".xml")
        for number, paragraph in enumerate(tree.iter(f"{WORD}p"), start=1):
            text = "".join(node.text or "" for node in paragraph.iter(f"{WORD}t"))
            for found in personal_numbers(text):
                yield Finding(_paragraph_words(inner, number), found.masked)


def _paragraph_words(part: str, number: int) -> str:
    words = {
        "document": _("paragraph %(number)s"),
        "comments": _("comment, paragraph %(number)s"),
        "footnotes": _("footnote, paragraph %(number)s"),
        "endnotes": _("endnote, paragraph %(number)s"),
    }
    kind = part.rstrip("0123456789")
    text = words.get(kind) or (
        _("page header, paragraph %(number)s") if kind == "header" else _("page footer, paragraph %(number)s")
    )
    return text % {"number": number}


def _all_text(node: ElementTree.Element) -> str:
    return "".join(node.itertext())


_READERS: dict[str, Callable[[bytes], Iterator[Finding]]] = {
    TXT: _text_lines,
    CSV: _table_cells,
    XLSX: _workbook_cells,
    DOCX: _paragraphs,
}
