"""Rows of a file that each hold one fact of one organisation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
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


@dataclass(slots=True)
class FactRow:
    """One row: what its cells say, and what is wrong with them; what could be read is there without errors.

    `further` holds what the columns beside school, fact, stage and value say, by heading.
    """

    index: int
    number: int
    sheet: Sheet
    text: str
    subject: str
    organisation: Organisation = field(init=False)
    element: DataElement = field(init=False)
    stage: str = field(init=False)
    further: Mapping[str, Any] = field(init=False)
    errors: list[CellError] = field(default_factory=list)

    @property
    def key(self) -> Key:
        return (self.element.pk, self.stage)

    def refuse(self, heading: str, message: str) -> None:
        """Note that a cell is wrong."""
        self.errors.append(CellError(self.sheet.address(self.index, heading), heading, message))

    def outcome(self, kind: str) -> RowOutcome:
        """Return what becomes of the row. Old figures are not shown: drafts belong to whoever writes them."""
        if self.errors:
            return RowOutcome(self.number, self.subject, WRONG, errors=self.errors)
        return RowOutcome(self.number, self.subject, kind, (CellChange(VALUE, "", self.text),))


def elements_by_words() -> dict[str, DataElement]:
    """Return the facts by code, and by name where no other bears it (1 query)."""
    rows = list(DataElement.objects.all())
    names = [row.name for row in rows]
    return {row.name: row for row in rows if names.count(row.name) == 1} | {row.code: row for row in rows}


class Column:
    """One column of a sheet. Each text of it is read once, however many rows say the same."""

    def __init__(self, sheet: Sheet, heading: str, widget: Text, lookups: Mapping[str, Any]) -> None:
        self.heading, self.widget, self.lookups = heading, widget, lookups
        self.place = sheet.headings.index(heading) if heading in sheet.headings else None
        self.known: dict[str, tuple[Any, str]] = {}

    def text(self, values: Sequence[str]) -> str:
        """Return the cell of a row, empty when the file does not have the column."""
        return values[self.place] if self.place is not None else ""

    def read(self, row: FactRow, text: str) -> Any:
        """Return what a cell says; what cannot be read is noted in its row."""
        known = self.known.get(text)
        if known is None:
            try:
                known = (self.widget.clean(text, lookups=self.lookups), "")
            except ValueError as refusal:
                known = (None, str(refusal))
            self.known[text] = known
        if known[1]:
            row.refuse(self.heading, known[1])
        return known[0]


class RowReader:
    """Reads the rows of a sheet one after the other."""

    def __init__(self, sheet: Sheet, by: User, further: Mapping[str, Text]) -> None:
        lookups = {
            "organisations": organisations_by_words(by, clock.today()),
            "elements": elements_by_words(),
        }
        widgets: dict[str, Text] = {
            SCHOOL: Known("organisations", required=True),
            ELEMENT: Known("elements", required=True),
            STAGE: Choice(Stage),
            **further,
        }
        self.sheet = sheet
        columns = [Column(sheet, heading, widget, lookups) for heading, widget in widgets.items()]
        self.school, self.element, self.stage, *self.further = columns
        self.value = Column(sheet, VALUE, Text(), {})
        self.seen: dict[int, dict[Key, int]] = defaultdict(dict)
        self.alike: dict[tuple[Any, ...], Mapping[str, Any]] = {}

    def read(self, index: int, number: int, values: Sequence[str]) -> FactRow:
        """Return one row; a fact that stands in the sheet twice is refused the second time."""
        school, element, stage = (one.text(values) for one in (self.school, self.element, self.stage))
        subject = " ".join(filter(None, (school, element, stage)))
        row = FactRow(index, number, self.sheet, self.value.text(values), subject)
        if self.sheet.troubles:
            self._refuse_troubles(row)
        row.organisation = self.school.read(row, school)
        row.element = self.element.read(row, element)
        row.stage = self.stage.read(row, stage) or Stage.WHOLE.value
        further = tuple(one.read(row, one.text(values)) for one in self.further)
        row.further = self.alike.get(further) or self._named(further)
        if not row.errors:
            first = self.seen[row.organisation.pk].setdefault(row.key, number)
            if first != number:
                row.refuse(ELEMENT, _("This row repeats row %(row)s.") % {"row": first})
        return row

    def _refuse_troubles(self, row: FactRow) -> None:
        for heading in self.sheet.headings:
            if trouble := self.sheet.troubles.get((row.index, heading)):
                row.refuse(heading, trouble)

    def _named(self, further: tuple[Any, ...]) -> Mapping[str, Any]:
        named = {one.heading: value for one, value in zip(self.further, further, strict=True)}
        return self.alike.setdefault(further, named)


def read_rows(sheet: Sheet, by: User, further: Mapping[str, Text]) -> list[FactRow]:
    """Return the rows with their cells read; a fact that stands twice is refused the second time.

    Args:
        further: how the columns beside school, fact, stage and value are read.
    """
    reader = RowReader(sheet, by, further)
    return [
        reader.read(index, number, values)
        for index, (number, values) in enumerate(zip(sheet.numbers, sheet.rows, strict=True))
    ]
