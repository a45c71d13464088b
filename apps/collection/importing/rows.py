"""Rows of a file that each hold one fact of one organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.keys import Key
from apps.core import clock
from apps.core.exchanging.outcomes import WRONG, CellChange, CellError, RowOutcome
from apps.core.exchanging.reading import Sheet
from apps.core.exchanging.widgets import Choice, Known, Text
from apps.organisations.enums import Stage
from apps.organisations.models import Organisation
from apps.organisations.naming import organisations_by_words
from apps.plans.models import DataElement

SCHOOL, ELEMENT, STAGE, VALUE = "学校代码", "数据项", "学段", "数值"


@dataclass
class FactRow:
    """One row: what its cells say, and what is wrong with them."""

    index: int
    number: int
    cells: Mapping[str, str]
    sheet: Sheet
    parsed: dict[str, Any] = field(default_factory=dict)
    errors: list[CellError] = field(default_factory=list)

    @property
    def organisation(self) -> Organisation:
        found: Organisation = self.parsed[SCHOOL]
        return found

    @property
    def element(self) -> DataElement:
        found: DataElement = self.parsed[ELEMENT]
        return found

    @property
    def key(self) -> Key:
        return (self.element.pk, self.parsed[STAGE] or Stage.WHOLE)

    @property
    def text(self) -> str:
        return self.cells.get(VALUE, "")

    def refuse(self, heading: str, message: str) -> None:
        """Note that a cell is wrong."""
        self.errors.append(CellError(self.sheet.address(self.index, heading), heading, message))

    def outcome(self, kind: str) -> RowOutcome:
        """Return what becomes of the row. Old figures are not shown: drafts belong to whoever writes them."""
        words = (self.cells.get(name, "") for name in (SCHOOL, ELEMENT, STAGE))
        subject = " ".join(word for word in words if word)
        if self.errors:
            return RowOutcome(self.number, subject, WRONG, errors=self.errors)
        return RowOutcome(self.number, subject, kind, [CellChange(VALUE, "", self.text)])


def elements_by_words() -> dict[str, DataElement]:
    """Return the facts by code, and by name where no other bears it (1 query)."""
    rows = list(DataElement.objects.all())
    names = [row.name for row in rows]
    return {row.name: row for row in rows if names.count(row.name) == 1} | {row.code: row for row in rows}


def read_rows(sheet: Sheet, by: User, further: Mapping[str, Text]) -> list[FactRow]:
    """Return the rows with their cells read; a fact that stands twice is refused the second time.

    Args:
        further: how the columns beside school, fact, stage and value are read.
    """
    lookups = {"organisations": organisations_by_words(by, clock.today()), "elements": elements_by_words()}
    widgets: dict[str, Text] = {
        SCHOOL: Known("organisations", required=True),
        ELEMENT: Known("elements", required=True),
        STAGE: Choice(Stage),
        **further,
    }
    rows = []
    seen: dict[tuple[int, Key], int] = {}
    for index, (number, values) in enumerate(zip(sheet.numbers, sheet.rows, strict=True)):
        row = FactRow(index, number, dict(zip(sheet.headings, values, strict=True)), sheet)
        for heading in sheet.headings:
            if trouble := sheet.troubles.get((index, heading)):
                row.refuse(heading, trouble)
        for heading, widget in widgets.items():
            try:
                row.parsed[heading] = widget.clean(row.cells.get(heading, ""), lookups=lookups)
            except ValueError as refusal:
                row.refuse(heading, str(refusal))
        if not row.errors:
            first = seen.setdefault((row.organisation.pk, row.key), number)
            if first != number:
                row.refuse(ELEMENT, _("This row repeats row %(row)s.") % {"row": first})
        rows.append(row)
    return rows
