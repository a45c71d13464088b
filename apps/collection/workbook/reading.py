"""An uploaded file as rows that each give one fact, with their places and what cannot be trusted. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.collection.workbook import columns as col
from apps.collection.workbook.identity import Identity, read_identity
from apps.core.archives import OLE_HEAD
from apps.core.exchanging.grids import FileRefused, Grid, address, grids_of, trouble_text
from apps.core.exchanging.reading import is_total
from apps.core.typed import has_personal_number

HEADING_LINES = 15
VALUE_COLUMNS = (col.INPUT, col.ABSENT, col.NOTE)


@dataclass(frozen=True)
class FileRow:
    """One row: its number in the file from 1, its cells by column, and the address of each."""

    number: int
    cells: dict[str, str]
    addresses: dict[str, str]
    trouble: str = ""
    trouble_column: str = col.INPUT

    def text(self, column: str) -> str:
        return self.cells.get(column, "")

    def address(self, column: str) -> str:
        return self.addresses.get(column) or self.addresses.get(col.INPUT, "")

    @property
    def name(self) -> str:
        return self.text(col.NAME)

    @property
    def input_address(self) -> str:
        return self.address(col.INPUT)

    @property
    def shown(self) -> str:
        """What stands in the cells, but no personal number."""
        text = " · ".join(text for column in VALUE_COLUMNS if (text := self.text(column)))
        return "…" if has_personal_number(text) else text

    @property
    def base(self) -> tuple[str, str, str] | None:
        return col.read_base(self.text(col.BASE))

    @property
    def is_empty(self) -> bool:
        return not any(self.text(column) for column in VALUE_COLUMNS)


@dataclass(frozen=True)
class FormFile:
    """What was read. `notices` say in words what was left out."""

    identity: Identity | None
    rows: list[FileRow]
    notices: list[str] = field(default_factory=list)


def read_form_file(content: bytes) -> FormFile:
    """Read a workbook or CSV file, the form's own or one that somebody made.

    Raises:
        FileRefused: no readable file, or no table with facts and figures in it.
    """
    grids = grids_of(content)
    for grid in (each for each in grids if not each.marks.is_hidden):
        found = _headings(grid)
        if found is not None:
            top, places = found
            rows, notices = _rows(grid, top, places)
            if content.startswith(OLE_HEAD):
                notices.append(_old_workbook())
            return FormFile(read_identity(grids), rows, notices)
    raise FileRefused(
        _(
            "No table of facts was found: a sheet needs a line with the headings 数据项 and 本期填报. The"
            " easiest way: download the workbook of this form and fill it in."
        )
    )


def _old_workbook() -> str:
    return _(
        "This is an old .xls file: hidden rows and error values cannot be seen in it. Check the comparison"
        " carefully, or save the file as .xlsx."
    )


def _headings(grid: Grid) -> tuple[int, dict[str, int]] | None:
    """Return the last heading line and the place of each column; headings may take two lines."""
    for number in range(min(HEADING_LINES, len(grid.lines))):
        for depth in (1, 2):
            places = _places(grid.lines[number : number + depth])
            if col.INPUT in places and (col.KEY in places or col.NAME in places):
                return number + depth - 1, places
    return None


def _places(lines: Sequence[Sequence[str]]) -> dict[str, int]:
    """The lower line wins: above it stand what several columns have in common."""
    places: dict[str, int] = {}
    for line in lines:
        for place, text in enumerate(line):
            if heading := col.heading_of(text):
                places[heading] = place
    return places


def _rows(grid: Grid, top: int, places: dict[str, int]) -> tuple[list[FileRow], list[str]]:
    rows, totals = [], []
    for line in range(top + 1, len(grid.lines)):
        row = _row(grid, line, places)
        head = [grid.text(line, place) for place in range(places[col.INPUT])]
        if any(is_total(text) for text in head):
            totals.append(str(line + 1))
        elif row.text(col.NAME) or row.text(col.KEY):
            rows.append(row)
    notices = []
    if totals:
        text = _("Lines of totals are not read: %(rows)s.")
        notices.append(text % {"rows": pgettext("between things in a row", ", ").join(totals)})
    return rows, notices


def _row(grid: Grid, line: int, places: dict[str, int]) -> FileRow:
    cells = {heading: grid.text(line, place) for heading, place in places.items()}
    addresses = {heading: address(line, place) for heading, place in places.items()}
    for column in VALUE_COLUMNS:
        if column in places and (code := grid.trouble((line, places[column]))):
            return FileRow(line + 1, cells, addresses, trouble_text(code), column)
    return FileRow(line + 1, cells, addresses)
