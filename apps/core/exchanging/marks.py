"""What a workbook says of its cells beside their values: formats, formulas, hiding, merging, comments. Pure.

The reader of values (calamine) does not tell these; each of them changes what a cell can be taken for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from xml.parsers import expat

from apps.core.archives import SafeArchive, Unsafe
from apps.core.exchanging.plain_sheets import check_area, frame_of
from apps.core.personal import personal_numbers

Place = tuple[int, int]
Start = Callable[[str, dict[str, str]], None]
PERCENT_FORMATS = frozenset({"9", "10"})
ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")
RELATION_ID = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"


@dataclass
class Marks:
    """Rows and columns count from 0. `merged`: place → first place and height of its area."""

    percent: set[Place] = field(default_factory=set)
    formulas_without_value: set[Place] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: dict[Place, tuple[Place, int]] = field(default_factory=dict)
    personal_comments: set[Place] = field(default_factory=set)
    errors: dict[Place, str] = field(default_factory=dict)
    is_hidden: bool = False

    @property
    def tell(self) -> bool:
        """Whether a cell may have to be refused whatever stands in it."""
        return bool(self.formulas_without_value or self.personal_comments or self.merged or self.hidden_rows)


def place_of(address: str) -> Place | None:
    """Return row and column of an address such as `C7`."""
    match = ADDRESS.fullmatch(address.replace("$", "").upper())
    if match is None:
        return None
    column = 0
    for sign in match[1]:
        column = column * 26 + ord(sign) - 64
    return int(match[2]) - 1, column - 1


def marks_of(archive: SafeArchive) -> dict[str, Marks]:
    """Return the marks of each sheet by its name.

    Raises:
        Unsafe: a part is damaged or tries tricks with entities.
    """
    percent = _percent_styles(archive)
    targets = _relations(archive, "xl/workbook.xml")
    found: dict[str, Marks] = {}

    def sheet(name: str, given: dict[str, str]) -> None:
        if name != "sheet":
            return
        path = targets.get(given.get(RELATION_ID, ""), "")
        marks = _sheet_marks(archive, path, percent) if path in archive.names else Marks()
        marks.is_hidden = given.get("state", "visible") != "visible"
        found[given.get("name", "")] = marks

    _parse(archive, "xl/workbook.xml", sheet)
    return found


def _percent_styles(archive: SafeArchive) -> set[str]:
    """Return the numbers of the cell styles that show a share as a percentage."""
    formats, styles, inside = set(PERCENT_FORMATS), set(), [False, 0]

    def start(name: str, given: dict[str, str]) -> None:
        if name == "numFmt" and "%" in given.get("formatCode", ""):
            formats.add(given.get("numFmtId", ""))
        elif name == "cellXfs":
            inside[0] = True
        elif name == "cellStyles":
            inside[0] = False
        elif name == "xf" and inside[0]:
            if given.get("numFmtId") in formats:
                styles.add(str(inside[1]))
            inside[1] += 1

    if "xl/styles.xml" in archive.names:
        _parse(archive, "xl/styles.xml", start)
    return styles


def _relations(archive: SafeArchive, part: str) -> dict[str, str]:
    """Return the parts that a part names, by id; comments under the key `comments`, too."""
    folder, name = dirname(part), part.rsplit("/", 1)[-1]
    found: dict[str, str] = {}

    def start(tag: str, given: dict[str, str]) -> None:
        if tag == "Relationship" and given.get("TargetMode") != "External":
            target = given.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))
            found[given.get("Id", "")] = path
            if given.get("Type", "").endswith("/comments"):
                found["comments"] = path

    relations = f"{folder}/_rels/{name}.rels"
    if relations in archive.names:
        _parse(archive, relations, start)
    return found


class _SheetReader:
    """Listens to the XML of one sheet."""

    def __init__(self, percent: set[str]) -> None:
        self.percent_styles, self.marks = percent, Marks()
        self.row, self.column = -1, -1
        self.rows, self.columns = 0, 0
        self.place: Place | None = None
        self.has_formula, self.is_error, self.in_value, self.value = False, False, False, ""

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "row":
            self.row = int(given.get("r", self.row + 2)) - 1
            self.column = -1
            if given.get("hidden") in ("1", "true"):
                self.marks.hidden_rows.add(self.row)
        elif name == "c":
            self.place = place_of(given.get("r", "")) or (self.row, self.column + 1)
            self.column = self.place[1]
            self.has_formula, self.is_error, self.value = False, given.get("t") == "e", ""
            if given.get("s") in self.percent_styles and given.get("t", "n") == "n":
                self.marks.percent.add(self.place)
        elif name == "f":
            self.has_formula = True
        elif name in ("v", "t"):
            self.in_value = True
        elif name == "mergeCell":
            self._merge(given.get("ref", ""))
        elif name == "col" and given.get("hidden") in ("1", "true"):
            first, last = int(given.get("min", 1)), min(int(given.get("max", 1)), 256)
            self.marks.hidden_columns.update(range(first - 1, last))

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self.in_value = False
        elif name == "c" and self.place is not None:
            if self.value or self.has_formula:
                self.rows, self.columns = (
                    max(self.rows, self.place[0] + 1),
                    max(self.columns, self.place[1] + 1),
                )
            if self.is_error and self.value:
                self.marks.errors[self.place] = self.value
            elif self.has_formula and not self.value.strip():
                self.marks.formulas_without_value.add(self.place)

    def data(self, text: str) -> None:
        if self.in_value and not self.value:
            self.value = text

    def _merge(self, area: str) -> None:
        first, _colon, last = area.partition(":")
        start, end = place_of(first), place_of(last or first)
        if start is None or end is None:
            return
        height = end[0] - start[0] + 1
        if height * (end[1] - start[1] + 1) > 20_000:
            return
        for row in range(start[0], end[0] + 1):
            for column in range(start[1], end[1] + 1):
                self.marks.merged[row, column] = (start, height)


def _sheet_marks(archive: SafeArchive, path: str, percent: set[str]) -> Marks:
    content = _part(archive, path)
    frame = frame_of(content, percent)
    reader = _SheetReader(percent)
    _listen(content if frame is None else frame, reader.start, reader.end, reader.data)
    check_area(reader.rows, reader.columns)
    comments = _relations(archive, path).get("comments", "")
    if comments in archive.names:
        reader.marks.personal_comments = _personal_comments(archive, comments)
    return reader.marks


def _personal_comments(archive: SafeArchive, path: str) -> set[Place]:
    texts: dict[Place, str] = {}
    current: list[Place | None] = [None]

    def start(name: str, given: dict[str, str]) -> None:
        if name == "comment":
            current[0] = place_of(given.get("ref", ""))

    def data(text: str) -> None:
        if current[0] is not None:
            texts[current[0]] = texts.get(current[0], "") + text

    _parse(archive, path, start, data=data)
    return {place for place, text in texts.items() if personal_numbers(text)}


def _parse(archive: SafeArchive, path: str, start: Start, data: Callable[[str], None] | None = None) -> None:
    """Give the parts of an XML file to the handlers, by their local names."""
    _listen(_part(archive, path), start, data=data)


def _part(archive: SafeArchive, path: str) -> bytes:
    archive.unpacked = 0
    try:
        return archive.read(path)
    except KeyError as error:
        raise Unsafe("damaged") from error


def _listen(
    content: bytes,
    start: Start,
    end: Callable[[str], None] | None = None,
    data: Callable[[str], None] | None = None,
) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, given: start(
        _local(name), {_key(k): v for k, v in given.items()}
    )
    if end is not None:
        parser.EndElementHandler = lambda name: end(_local(name))
    if data is not None:
        parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, KeyError) as error:
        if isinstance(error, Unsafe):
            raise
        raise Unsafe("damaged") from error


def _local(name: str) -> str:
    return name.rsplit(" ", 1)[-1]


def _key(name: str) -> str:
    return RELATION_ID if name == RELATION_ID else _local(name)


def _refuse(*_given: object) -> None:
    raise Unsafe("active")
