"""Facts of many organisations in one table: a row for each fact, or a row for each organisation.

A table with a row for each organisation has its facts as columns; the stage stands in brackets behind the
name, `筛查学生数（小学）`, or in a second heading line. It is turned into rows of one fact each that remember
their cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from apps.collection.importing.rows import ELEMENT, SCHOOL, STAGE, VALUE, elements_by_words
from apps.core.collector import collector_paused
from apps.core.exchanging.grids import (
    MANY_SCHOOLS,
    FileRefused,
    Grid,
    Limits,
    address,
    grids_of,
    trouble_text,
)
from apps.core.exchanging.reading import Sheet, check_count, is_total, plain_heading, sheet_of
from apps.core.exchanging.widgets import Choice
from apps.core.typed import tidy
from apps.organisations.enums import Stage
from apps.plans.models import DataElement

SCHOOL_WORDS = (SCHOOL, "学校标识码", "单位代码", "学校名称", "学校", "单位名称", "单位")
BESIDE = frozenset({"序号", "备注", "说明", "学校类型", "办学性质", "城乡"})
HEADING_LINES = 10
Columns = dict[int, tuple[str, str]]
FactColumns = tuple[Columns, list[str], bool]


@collector_paused()
def read_fact_table(
    content: bytes, *, headings: Sequence[str], required: Sequence[str], limits: Limits = MANY_SCHOOLS
) -> Sheet:
    """Return the facts of a file, a row each.

    Raises:
        FileRefused: no readable table, or headings that are unknown or double.
    """
    grid = grids_of(content, limits)[0]
    elements = elements_by_words()
    stages = {word: value for value, word in Choice(Stage).words().items()}
    for number in range(min(HEADING_LINES, len(grid.lines))):
        line = [plain_heading(text) for text in grid.lines[number]]
        if set(required) <= set(line):
            break
        places = [place for place, text in enumerate(line) if text in SCHOOL_WORDS]
        if places and (found := _fact_columns(grid, number, elements, stages))[0]:
            return _turned(grid, number, places, found, headings, limits)
    return sheet_of(grid, headings=headings, required=required, limits=limits)


def _fact_columns(
    grid: Grid, top: int, elements: Mapping[str, DataElement], stages: Mapping[str, str]
) -> FactColumns:
    """Return each fact's column with its name and stage, the unknown headings, and if stages have a line."""
    width = max(len(line) for line in grid.lines[top : top + 2])
    second = [plain_heading(grid.text(top + 1, place)) for place in range(width)]
    has_stages = any(text in stages for text in second)
    found: Columns = {}
    unknown = []
    for place in range(width):
        text = _heading(grid, top, place)
        name, _bracket, rest = text.partition("(")
        stage = rest.rstrip(")") if rest.rstrip(")") in stages else ""
        name = name if stage else text
        stage = stage or (second[place] if has_stages and second[place] in stages else "")
        if name in elements:
            found[place] = (name, stage)
        elif text and text not in SCHOOL_WORDS and text not in BESIDE:
            unknown.append(text)
    return found, unknown, has_stages


def _heading(grid: Grid, row: int, place: int) -> str:
    """Return a heading; one that is merged over several columns heads each of them."""
    first, _height = grid.marks.merged.get((row, place), ((row, place), 1))
    return plain_heading(grid.text(*first))


def _turned(
    grid: Grid,
    top: int,
    places: Sequence[int],
    found: FactColumns,
    headings: Sequence[str],
    limits: Limits,
) -> Sheet:
    columns, unknown, has_stages = found
    if unknown:
        raise FileRefused(
            _("Unknown columns: %(columns)s. Remove them or use the template.")
            % {"columns": "、".join(sorted(set(unknown)))}
        )
    rows: list[list[str]] = []
    cells: list[FactCell] = []
    troubles = {}
    for line in range(top + 1 + has_stages, len(grid.lines)):
        if any(is_total(text) for text in grid.lines[line][: max(places) + 1]):
            continue
        for cell in _facts(grid, line, places, columns):
            if code := grid.trouble((cell.line, cell.place)):
                troubles[len(cells), VALUE] = trouble_text(code)
            cells.append(cell)
            rows.append(_row(grid, cell, columns, headings))
    check_count(len(cells), limits)
    return Sheet(list(headings), rows, [cell.line + 1 for cell in cells], troubles, CellAddresses(cells))


class FactCell(NamedTuple):
    """Where a fact and the organisation it is of stand in the file."""

    line: int
    place: int
    named: int


@dataclass(frozen=True)
class CellAddresses(Sequence[Mapping[str, str]]):
    """The addresses of the cells of each fact, made when somebody asks for them."""

    cells: Sequence[FactCell]

    def __len__(self) -> int:
        return len(self.cells)

    def __getitem__(self, index: Any) -> Any:
        line, place, named = self.cells[index]
        cell = address(line, place)
        return {SCHOOL: address(line, named), ELEMENT: cell, STAGE: cell, VALUE: cell}


def _row(grid: Grid, cell: FactCell, columns: Columns, headings: Sequence[str]) -> list[str]:
    name, stage = columns[cell.place]
    texts = {
        SCHOOL: grid.text(cell.line, cell.named),
        ELEMENT: name,
        STAGE: stage,
        VALUE: grid.text(cell.line, cell.place),
    }
    return [texts.get(heading, "") for heading in headings]


def _facts(grid: Grid, line: int, places: Sequence[int], columns: Columns) -> Iterator[FactCell]:
    """Yield the facts of one organisation; an empty cell says nothing."""
    named = next((place for place in places if tidy(grid.text(line, place))), places[0])
    for place in columns:
        if grid.text(line, place) or grid.trouble((line, place)) in ("merged", "formula_without_value"):
            yield FactCell(line, place, named)
