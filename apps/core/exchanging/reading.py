"""The rows of an uploaded workbook or CSV file as text, by heading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from apps.core.exchanging.grids import (
    FORM,
    LARGEST_FILE,
    FileRefused,
    Grid,
    Limits,
    grids_of,
    letter,
    trouble_text,
)
from apps.core.typed import tidy

__all__ = ["LARGEST_FILE", "FileRefused", "Sheet", "is_total", "letter", "plain_heading", "read_sheet"]

TOTALS = frozenset({"合计", "总计", "小计", "共计"})


@dataclass(frozen=True)
class Sheet:
    """Headings and rows of text; `numbers` are the rows' numbers in the file, from 1.

    `troubles` says by place among the rows and heading why a cell cannot be trusted whatever stands in it.
    `addresses` names the cells of each row where the rows are not the file's own.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int]
    troubles: Mapping[tuple[int, str], str] = field(default_factory=dict)
    addresses: Sequence[Mapping[str, str]] = ()

    def address(self, index: int, heading: str) -> str:
        """Return the address of a cell of a row, empty when the file does not have the column."""
        if self.addresses:
            return self.addresses[index].get(heading, "")
        letters = self.column_letter(heading)
        return f"{letters}{self.numbers[index]}" if letters else ""

    def column_letter(self, heading: str) -> str:
        """Return the letter of a column, empty when the file does not have it."""
        return letter(self.headings.index(heading)) if heading in self.headings else ""


def read_sheet(
    content: bytes, *, headings: Sequence[str], required: Sequence[str], limits: Limits = FORM
) -> Sheet:
    """Return the rows below the line that holds the required headings; blank lines and totals are left out.

    Raises:
        FileRefused: too large, no table, unknown encoding, a heading missing, double or unknown.
    """
    return sheet_of(grids_of(content, limits)[0], headings=headings, required=required, limits=limits)


def sheet_of(grid: Grid, *, headings: Sequence[str], required: Sequence[str], limits: Limits = FORM) -> Sheet:
    """Return the rows of a grid that is read already, as `read_sheet` does."""
    lines = grid.lines
    top = _heading_line(lines, required)
    found = _named(lines[top], headings, required)
    width, filling = len(found), [""] * len(found)
    rows, numbers = [], []
    for number, line in enumerate(lines[top + 1 :], start=top + 2):
        values = list(line) if len(line) == width else [*line, *filling][:width]
        if any(values) and not is_total(values[0]):
            rows.append(values)
            numbers.append(number)
    check_count(len(rows), limits)
    return Sheet(found, rows, numbers, _troubles(grid, found, numbers))


def check_count(count: int, limits: Limits) -> None:
    """Raise FileRefused when there are no rows, or more than are taken at a time."""
    if not count:
        raise FileRefused(_("There is no row below the headings."))
    if count > limits.rows:
        raise FileRefused(
            _("There are %(count)s rows; at most %(limit)s are taken at a time.")
            % {"count": count, "limit": limits.rows}
        )


def is_total(text: str) -> bool:
    """Tell whether a cell heads a line of totals: 合计, 合　计, 总计：."""
    if "计" not in text:
        return False
    return tidy(text).replace(" ", "").rstrip(":") in TOTALS


def _troubles(grid: Grid, headings: Sequence[str], numbers: Sequence[int]) -> dict[tuple[int, str], str]:
    if not grid.marks.tell:
        return {}
    return {
        (index, heading): trouble_text(code)
        for index, number in enumerate(numbers)
        for place, heading in enumerate(headings)
        if heading and (code := grid.trouble((number - 1, place)))
    }


def _heading_line(lines: Sequence[Sequence[str]], required: Sequence[str]) -> int:
    for number, line in enumerate(lines[:10]):
        if set(required) <= {plain_heading(text) for text in line}:
            return number
    raise FileRefused(
        _("The headings are missing: the file needs the columns %(columns)s. Use the template.")
        % {"columns": "、".join(required)}
    )


def plain_heading(text: str) -> str:
    """Return a heading without spaces and the star of what must be there."""
    return tidy(text).replace(" ", "").rstrip("*")


def _named(line: Sequence[str], known: Sequence[str], required: Sequence[str]) -> list[str]:
    found = [plain_heading(text) for text in line]
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
