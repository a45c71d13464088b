"""The completeness board as a table for its workbook and CSV file. Pure."""

from __future__ import annotations

from django.utils.translation import gettext

from apps.core.display import SIGNS
from apps.dashboards import wording
from apps.dashboards.board import OFFICE, Board, Row
from apps.dashboards.tables import Cell, Column, Table, count_cell, date_cell, share_cell, text_cell
from apps.organisations.enums import SchoolType


def kind_text(kind: str) -> str:
    """Return the type of an organisation in words."""
    return gettext("Office") if kind == OFFICE else str(SchoolType(kind).label)


def board_table(board: Board) -> Table:
    """Return one row an organisation and one column an area, the last row with the shares accepted."""
    columns = [
        Column(gettext("School or office"), 30),
        Column(gettext("Code"), 14),
        Column(gettext("Type"), 14),
        Column(gettext("Return"), 14),
        Column(gettext("First submitted on"), 14),
        Column(gettext("Days late"), 10, numeric=True),
        *(Column(f"{area.number}. {wording.in_language(area)}", 16) for area in board.areas),
    ]
    name = gettext("Completeness")
    return Table(name, columns, [*(_row(row) for row in board.rows), _shares(board)])


def _row(row: Row) -> list[Cell]:
    return [
        text_cell(wording.in_language(row.organisation)),
        text_cell(row.organisation.code),
        text_cell(kind_text(row.kind)),
        _state(row.state),
        date_cell(row.submitted_on, instead=gettext("not yet")),
        count_cell(row.days_late),
        *(_state(cell) for cell in row.cells),
    ]


def _state(state: str) -> Cell:
    sign = SIGNS[state]
    return text_cell(f"{sign.shape} {sign.word}")


def _shares(board: Board) -> list[Cell]:
    none = gettext("nothing due")
    blank = [text_cell("")] * 2
    return [
        text_cell(gettext("Accepted of those due")),
        *blank,
        share_cell(board.returns.share, instead=none),
        *blank,
        *(share_cell(share.share, instead=none) for share in board.by_area),
    ]
