"""Which fact of the form a row of a file means: by its code, else by its exact name. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.collection.checks import Problem
from apps.collection.keys import Key
from apps.collection.slots import Slot
from apps.collection.workbook import columns as col
from apps.collection.workbook.reading import FileRow
from apps.core.typed import tidy
from apps.organisations.enums import Stage


@dataclass
class Matched:
    """Rows by the fact they give; `problems` of rows by their number; rows of facts that are not asked."""

    rows: dict[Key, FileRow] = field(default_factory=dict)
    problems: list[tuple[FileRow, Key | None, Problem]] = field(default_factory=list)
    unknown: list[FileRow] = field(default_factory=list)


def plain_name(text: str) -> str:
    """Return a name for comparing: brackets, spaces and signs in one form."""
    return tidy(text).replace(" ", "").replace("“", '"').replace("”", '"').lower()


def match_rows(rows: Iterable[FileRow], slots: Sequence[Slot]) -> Matched:
    """Return which row gives which fact; what is ambiguous is a problem, never a guess."""
    by_code = {col.key_cell(slot.element, slot.stage): slot for slot in slots}
    by_name: dict[str, list[Slot]] = defaultdict(list)
    for slot in slots:
        for name in {plain_name(slot.element.name), plain_name(slot.element.code)}:
            by_name[name].append(slot)
    stages = _stages()
    matched = Matched()
    for row in rows:
        found = by_code.get(row.text(col.KEY))
        candidates = [found] if found else _candidates(row, by_name, stages)
        if len(candidates) == 1:
            _take(matched, row, candidates[0])
        elif candidates and not row.is_empty:
            text = _("“%(name)s” is asked for more than one stage. Write 学段 beside it: %(stages)s.")
            words = "、".join(stages[slot.stage] for slot in candidates)
            problem = Problem("stage", text % {"name": row.text(col.NAME), "stages": words})
            matched.problems.append((row, None, problem))
        elif not candidates:
            matched.unknown.append(row)
    return matched


def _candidates(row: FileRow, by_name: dict[str, list[Slot]], stages: dict[str, str]) -> list[Slot]:
    name = row.text(col.NAME) or row.text(col.KEY).partition("|")[0]
    found = by_name.get(plain_name(name), [])
    stage = tidy(row.text(col.STAGE))
    if not stage or (len(found) <= 1 and stage not in stages.values()):
        return found
    return [slot for slot in found if stage in (slot.stage, stages[slot.stage])]


def _take(matched: Matched, row: FileRow, slot: Slot) -> None:
    """Two rows that say the same are one; two that differ are both refused."""
    first = matched.rows.get(slot.key)
    if first is None or (first.is_empty and not row.is_empty):
        matched.rows[slot.key] = row
    elif not row.is_empty and any(
        first.text(column) != row.text(column) for column in (col.INPUT, col.ABSENT)
    ):
        text = _("The rows %(first)s and %(second)s give different figures for this fact. Keep only one.")
        problem = Problem("twice", text % {"first": first.number, "second": row.number})
        matched.problems.append((row, slot.key, problem))


def _stages() -> dict[str, str]:
    with override("zh-hans"):
        return {str(value): str(label) for value, label in Stage.choices}
