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
Read = tuple[Any, str]
About = tuple[Any, str, Key, Mapping[str, Any], Sequence[tuple[str, str]]]
"""Fact, stage, key, further columns by heading, and refusals by heading."""


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
    key: Key = field(init=False)
    further: Mapping[str, Any] = field(init=False)
    errors: list[CellError] = field(default_factory=list)

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

    def __init__(self, heading: str, widget: Text, lookups: Mapping[str, Any]) -> None:
        self.heading, self.widget, self.lookups = heading, widget, lookups
        self.known: dict[str, Read] = {}

    def read(self, text: str) -> Read:
        """Return what a cell says, and why it cannot be read."""
        known = self.known.get(text)
        if known is None:
            try:
                known = (self.widget.clean(text, lookups=self.lookups), "")
            except ValueError as refusal:
                known = (None, str(refusal))
            self.known[text] = known
        return known


class RowReader:
    """Reads the rows of a sheet one after the other."""

    def __init__(self, sheet: Sheet, by: User, further: Mapping[str, Text]) -> None:
        lookups = {
            "organisations": organisations_by_words(by, clock.today()),
            "elements": elements_by_words(),
        }
        widgets: dict[str, Text] = {
            ELEMENT: Known("elements", required=True),
            STAGE: Choice(Stage),
            **further,
        }
        self.sheet = sheet
        self.school = Column(SCHOOL, Known("organisations", required=True), lookups)
        self.columns = [Column(heading, widget, lookups) for heading, widget in widgets.items()]
        self.places = [_place(sheet, heading) for heading in (SCHOOL, VALUE, *widgets)]
        self.about: dict[tuple[str, ...], About] = {}
        self.seen: dict[int, dict[Key, int]] = defaultdict(dict)

    def read(self, index: int, number: int, values: Sequence[str]) -> FactRow:
        """Return one row; a fact that stands in the sheet twice is refused the second time."""
        school, value, *texts = [values[place] if place is not None else "" for place in self.places]
        row = FactRow(index, number, self.sheet, value, " ".join(filter(None, (school, *texts[:2]))))
        if self.sheet.troubles:
            self._refuse_troubles(row)
        row.organisation, refusal = self.school.read(school)
        if refusal:
            row.refuse(SCHOOL, refusal)
        about = self.about.get(tuple(texts)) or self._about(texts)
        row.element, row.stage, row.key, row.further, refusals = about
        for heading, refusal in refusals:
            row.refuse(heading, refusal)
        if not row.errors:
            first = self.seen[row.organisation.id].setdefault(row.key, number)
            if first != number:
                row.refuse(ELEMENT, _("This row repeats row %(row)s.") % {"row": first})
        return row

    def _about(self, texts: Sequence[str]) -> About:
        """Read what is said beside school and value; rows that say the same there share it."""
        read = [column.read(text) for column, text in zip(self.columns, texts, strict=True)]
        refusals = [
            (column.heading, refusal)
            for column, (_value, refusal) in zip(self.columns, read, strict=True)
            if refusal
        ]
        element, stage, *further = [value for value, _refusal in read]
        named = {column.heading: value for column, value in zip(self.columns[2:], further, strict=True)}
        key = (element.id if element else 0, stage or Stage.WHOLE.value)
        found = self.about[tuple(texts)] = (element, key[1], key, named, refusals)
        return found

    def _refuse_troubles(self, row: FactRow) -> None:
        for heading in self.sheet.headings:
            if trouble := self.sheet.troubles.get((row.index, heading)):
                row.refuse(heading, trouble)


def _place(sheet: Sheet, heading: str) -> int | None:
    return sheet.headings.index(heading) if heading in sheet.headings else None


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
