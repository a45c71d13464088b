"""Facts of many organisations in one table: a row for each fact, or a row for each organisation.

A table with a row for each organisation has its facts as columns; the stage stands in brackets behind the
name, `筛查学生数（小学）`, or in a second heading line. It is turned into rows of one fact each that remember
their cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.collection.importing.rows import ELEMENT, SCHOOL, STAGE, VALUE, elements_by_words
from apps.core.exchanging.grids import FileRefused, Grid, address, grids_of, trouble_text
from apps.core.exchanging.reading import MOST_ROWS, Sheet, is_total, plain_heading, read_sheet
from apps.core.exchanging.widgets import Choice
from apps.core.typed import tidy
from apps.organisations.enums import Stage
from apps.plans.models import DataElement

SCHOOL_WORDS = (SCHOOL, "学校标识码", "单位代码", "学校名称", "学校", "单位名称", "单位")
BESIDE = frozenset({"序号", "备注", "说明", "学校类型", "办学性质", "城乡"})
HEADING_LINES = 10
Columns = dict[int, tuple[str, str]]


def read_fact_table(content: bytes, *, headings: Sequence[str], required: Sequence[str]) -> Sheet:
    """Return the facts of a file, a row each.

    Raises:
        FileRefused: no readable table, or headings that are unknown or double.
    """
    grid = grids_of(content)[0]
    elements = elements_by_words()
    stages = {word: value for value, word in Choice(Stage).words().items()}
    for number in range(min(HEADING_LINES, len(grid.lines))):
        line = [plain_heading(text) for text in grid.lines[number]]
        if set(required) <= set(line):
            break
        places = [place for place, text in enumerate(line) if text in SCHOOL_WORDS]
        if places and _fact_columns(grid, number, elements, stages)[0]:
            return _turned(grid, number, places, elements, stages, headings)
    return read_sheet(content, headings=headings, required=required)


def _fact_columns(
    grid: Grid, top: int, elements: Mapping[str, DataElement], stages: Mapping[str, str]
) -> tuple[Columns, list[str], bool]:
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
    elements: Mapping[str, DataElement],
    stages: Mapping[str, str],
    headings: Sequence[str],
) -> Sheet:
    columns, unknown, has_stages = _fact_columns(grid, top, elements, stages)
    if unknown:
        raise FileRefused(
            _("Unknown columns: %(columns)s. Remove them or use the template.")
            % {"columns": "、".join(sorted(set(unknown)))}
        )
    cells = [
        cell
        for line in range(top + 1 + has_stages, len(grid.lines))
        if not any(is_total(text) for text in grid.lines[line][: max(places) + 1])
        for cell in _facts(grid, line, places, columns)
    ]
    if not cells:
        raise FileRefused(_("There is no row below the headings."))
    if len(cells) > MOST_ROWS:
        raise FileRefused(
            _("There are %(count)s rows; at most %(limit)s are taken at a time.")
            % {"count": len(cells), "limit": MOST_ROWS}
        )
    return Sheet(
        list(headings),
        [[cell.texts.get(heading, "") for heading in headings] for cell in cells],
        [cell.line + 1 for cell in cells],
        {(index, VALUE): trouble_text(cell.trouble) for index, cell in enumerate(cells) if cell.trouble},
        [cell.addresses for cell in cells],
    )


@dataclass(frozen=True)
class _FactCell:
    line: int
    texts: dict[str, str]
    addresses: dict[str, str]
    trouble: str


def _facts(grid: Grid, line: int, places: Sequence[int], columns: Columns) -> Iterator[_FactCell]:
    """Yield the facts of one organisation; an empty cell says nothing."""
    named = next((place for place in places if tidy(grid.text(line, place))), places[0])
    for place, (name, stage) in columns.items():
        trouble = grid.trouble((line, place))
        if not grid.text(line, place) and trouble not in ("merged", "formula_without_value"):
            continue
        texts = {SCHOOL: grid.text(line, named), ELEMENT: name, STAGE: stage, VALUE: grid.text(line, place)}
        cell = address(line, place)
        where = {SCHOOL: address(line, named), ELEMENT: cell, STAGE: cell, VALUE: cell}
        yield _FactCell(line, texts, where, trouble)
