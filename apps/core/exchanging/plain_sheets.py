"""Sheets of which nothing has to be said cell by cell, told without listening to each of their cells. Pure.

Most tables are only values. Listening to the XML of a hundred thousand of them takes seconds; finding out
that none is a formula, an error, a percentage or hidden takes milliseconds. In doubt a sheet is not plain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from apps.core.archives import Unsafe

MOST_CELLS = 5_000_000
"""The reader of values makes room for the whole rectangle between the first and the last cell."""

OPENING = re.compile(rb"<sheetData\s*>")
CLOSING = b"</sheetData>"
DECLARATION = re.compile(rb"\s*<\?xml([^>]*)\?>")
# A formula, an element with a prefix that may be one, an error, a hidden row, a sign written as its number.
TELLING = (b"<f", b":f", b'"e"', b"'e'", b"hidden", b"&#")
TALL = re.compile(rb"""["'][A-Za-z]{1,3}(?:[2-9]\d{5}|\d{7,})["']""")
WIDE = re.compile(rb"""["'][A-Za-z]{2,3}\d""")
VERY_WIDE = re.compile(rb"""["'][A-Za-z]{3}\d""")
RATHER_TALL = re.compile(rb"""["'][A-Za-z]{2,3}\d{5}""")


def frame_of(content: bytes, percent: Iterable[str]) -> bytes | None:
    """Return the XML of a plain sheet without its cells, None for one whose cells have to be listened to.

    Args:
        percent: the numbers of the cell styles that show a share as a percentage.
    """
    if b"<!" in content or b"\x00" in content[:4] or not _is_utf_8(content):
        return None
    opening, end = OPENING.search(content), content.find(CLOSING)
    if opening is None or end < opening.end() or OPENING.search(content, opening.end()):
        return None
    start = opening.end()
    styles = [f"s={quote}{number}{quote}".encode() for number in percent for quote in "\"'"]
    if any(content.find(sign, start, end) >= 0 for sign in (*TELLING, *styles)) or _is_vast(
        content, start, end
    ):
        return None
    return content[:start] + content[end:]


def _is_utf_8(content: bytes) -> bool:
    declared = DECLARATION.match(content)
    told = declared[1].lower() if declared else b""
    return content.lstrip().startswith(b"<") and (b"encoding" not in told or b"utf-8" in told)


def _is_vast(content: bytes, start: int, end: int) -> bool:
    """Tell whether the rectangle may be larger than MOST_CELLS: more than 26 × 200,000 or 702 × 10,000."""
    if TALL.search(content, start, end):
        return True
    if not WIDE.search(content, start, end):
        return False
    return bool(VERY_WIDE.search(content, start, end) or RATHER_TALL.search(content, start, end))


def check_area(rows: int, columns: int) -> None:
    """Raise Unsafe for a rectangle of cells that the reader could not make room for."""
    if rows * columns > MOST_CELLS:
        raise Unsafe("vast")
