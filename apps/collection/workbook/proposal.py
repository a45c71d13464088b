"""What a file would change in a return, fact by fact. Nothing is written here."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.collection.checks import Problem, flags_of, problems_of
from apps.collection.facts import FactValue, check_words, input_text, read_fact, shown_text
from apps.collection.form_fields import QUIET
from apps.collection.models import DataValue, Period
from apps.collection.rules.book import Rulebook
from apps.collection.services import Entry
from apps.collection.slots import Slot
from apps.collection.workbook import columns as col
from apps.collection.workbook.matching import Matched
from apps.collection.workbook.reading import FileRow
from apps.core.numbers import read_yes_no
from apps.core.typed import Unreadable, has_personal_number, tidy
from apps.organisations.enums import Stage

NEW, CHANGED, SAME, EMPTY, KEPT, WRONG = "new", "changed", "same", "empty", "kept", "wrong"
TAKEN = frozenset({NEW, CHANGED})


@dataclass
class Line:
    """One fact of the form and what the file says of it.

    `kind`: new, changed, same; empty in the file (stays as it is); kept, because the form was changed after
    the workbook was taken out and the workbook was not; wrong. `warnings` do not stand in the way of saving.
    """

    slot: Slot
    kind: str
    row: FileRow | None = None
    address: str = ""
    value: FactValue = field(default_factory=FactValue)
    problem: Problem | None = None
    warnings: list[Problem] = field(default_factory=list)
    changed_meanwhile: bool = False

    @property
    def read(self) -> str:
        return self.row.shown if self.row else ""

    @property
    def stage_label(self) -> str:
        return str(Stage(self.slot.stage).label)

    @property
    def before(self) -> str:
        stored = self.slot.stored
        return stored.typed if stored and stored.typed else _in_words(self.slot, self.slot.value)

    @property
    def after(self) -> str:
        return _in_words(self.slot, self.value)

    @property
    def entry(self) -> Entry:
        return Entry(
            element_id=self.slot.element.pk,
            stage=self.slot.stage,
            text=input_text(self.slot.element, self.value),
            not_applicable=self.value.not_applicable,
            reason=self.value.reason,
        )


@dataclass
class Proposal:
    """All facts of the form in their order, and the rows that belong to none of them."""

    lines: list[Line]
    unknown: list[FileRow]
    stray: list[tuple[FileRow, Problem]]
    missing: list[Slot]

    def of(self, *kinds: str) -> list[Line]:
        return [line for line in self.lines if line.kind in kinds]

    @property
    def wrong(self) -> list[Line]:
        return sorted(self.of(WRONG), key=_row_number)

    @property
    def taken(self) -> list[Line]:
        """What would be saved, in the order of the file."""
        return sorted(self.of(*TAKEN), key=_row_number)

    @property
    def n_wrong(self) -> int:
        return len(self.wrong) + len(self.stray)

    @property
    def n_new(self) -> int:
        return len(self.of(NEW))

    @property
    def n_changed(self) -> int:
        return len(self.of(CHANGED))

    @property
    def n_same(self) -> int:
        return len(self.of(SAME))

    @property
    def kept(self) -> list[Line]:
        return self.of(KEPT)

    @property
    def empty_but_saved(self) -> list[Line]:
        """Empty in the file, written in the form: they stay."""
        return [line for line in self.of(EMPTY) if line.before]

    @property
    def warned(self) -> list[Line]:
        return [line for line in self.lines if line.warnings]

    @property
    def fingerprint(self) -> str:
        """A short text that differs as soon as taking the file over would do something else."""
        told = repr([(line.slot.key, line.kind, line.before, line.after) for line in self.lines])
        return hashlib.sha256(told.encode()).hexdigest()[:32]


def _row_number(line: Line) -> int:
    return line.row.number if line.row else 0


def propose(matched: Matched, slots: Sequence[Slot], rules: Rulebook, period: Period) -> Proposal:
    """Compare what was read with what is saved now."""
    refused = {key: (row, problem) for row, key, problem in matched.problems if key is not None}
    lines = [_line(slot, matched.rows.get(slot.key), refused.get(slot.key)) for slot in slots]
    _warn(lines, rules, period)
    return Proposal(
        lines=lines,
        unknown=[row for row in matched.unknown if not row.is_empty],
        stray=[(row, problem) for row, key, problem in matched.problems if key is None],
        missing=[slot for slot in slots if slot.key not in matched.rows],
    )


def _line(slot: Slot, row: FileRow | None, refused: tuple[FileRow, Problem] | None) -> Line:
    if refused is not None:
        other, problem = refused
        return Line(slot, WRONG, other, other.address(col.INPUT), problem=problem)
    if row is None:
        return Line(slot, EMPTY)
    if row.trouble:
        return Line(slot, WRONG, row, row.address(row.trouble_column), problem=Problem("cell", row.trouble))
    if row.is_empty:
        return Line(slot, EMPTY, row, row.address(col.INPUT))
    if row.base == (row.text(col.INPUT), row.text(col.ABSENT), row.text(col.NOTE)):
        return _untouched(slot, row)
    return _written(slot, row)


def _untouched(slot: Slot, row: FileRow) -> Line:
    """Nobody changed the row in the workbook: what the form holds now stays, even where it is newer."""
    is_same = row.base == cells_of(slot)
    return Line(slot, SAME if is_same else KEPT, row, row.address(col.INPUT), value=slot.value)


def _written(slot: Slot, row: FileRow) -> Line:
    column = col.NOTE
    try:
        check_words(row.text(col.NOTE))
        column = col.ABSENT
        absent = _is_absent(row.text(col.ABSENT))
        column = col.INPUT
        value = _value(slot, row, absent)
    except Unreadable as refusal:
        return Line(slot, WRONG, row, row.address(column), problem=Problem(refusal.code, refusal.message))
    line = Line(slot, SAME, row, row.address(col.INPUT), value=value)
    if not slot.editable:
        return line if value.same_as(slot.value) else _closed(line)
    has_typed = slot.stored is not None and bool(slot.stored.typed)
    if value == slot.value and not has_typed:
        return line
    line.kind = NEW if slot.value.is_blank and not has_typed else CHANGED
    line.changed_meanwhile = row.base is not None and row.base != cells_of(slot)
    return line


def _closed(line: Line) -> Line:
    text = _("This fact is not open for changes; it stays as it is. Take your change out of the workbook.")
    if line.slot.is_prefilled:
        text = _("This figure is taken over from another system and cannot be changed here.")
    line.kind, line.problem = WRONG, Problem("not_open", text)
    return line


def _is_absent(text: str) -> bool:
    if not tidy(text):
        return False
    return tidy(text) == col.ABSENT or bool(read_yes_no(text).value)


def _value(slot: Slot, row: FileRow, absent: bool) -> FactValue:
    note = row.text(col.NOTE).strip()
    if has_personal_number(row.text(col.INPUT)):
        raise Unreadable("personal_number")
    if not absent:
        return replace(read_fact(slot.element, row.text(col.INPUT)), reason=note)
    if row.text(col.INPUT):
        raise Unreadable("both")
    if not note:
        raise Unreadable("no_reason")
    return FactValue(not_applicable=True, reason=note)


def _warn(lines: Sequence[Line], rules: Rulebook, period: Period) -> None:
    """Find what the form would ask to put right, with the file's figures in their places."""
    slots = [
        replace(line.slot, stored=_as_stored(line)) if line.kind in TAKEN else line.slot for line in lines
    ]
    problems = problems_of(slots, rules, period)
    for line in lines:
        found = [
            problem for problem in problems.get(line.slot.key, []) if problem.code not in QUIET | {"reason"}
        ]
        if line.kind in TAKEN and not line.value.reason:
            found += flags_of(line.slot, line.value, rules)
        line.warnings = found if line.kind in TAKEN else []


def _as_stored(line: Line) -> DataValue:
    value = line.value
    return DataValue(
        number=value.number,
        date=value.date,
        text=value.text,
        not_applicable=value.not_applicable,
        reason=value.reason,
    )


def cells_of(slot: Slot) -> tuple[str, str, str]:
    """Return what stands in the three cells of a fact: figure, not applicable, note; in Chinese always."""
    typed = slot.stored.typed if slot.stored is not None else ""
    with override("zh-hans"):
        text = typed or cell_text(slot, slot.value)
    absent = "是" if slot.value.not_applicable else ""
    return (text, absent, slot.value.reason)


def cell_text(slot: Slot, value: FactValue) -> str:
    """Return a value as its cell holds it: choices and yes/no in words."""
    return (
        shown_text(slot.element, value)
        if _is_word(slot) and not value.not_applicable
        else input_text(slot.element, value)
    )


def _is_word(slot: Slot) -> bool:
    return slot.element.value_type in ("boolean", "choice")


def _in_words(slot: Slot, value: FactValue) -> str:
    shown = shown_text(slot.element, value)
    return f"{shown} ({value.reason})" if shown and value.reason else shown
