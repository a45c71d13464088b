"""From the controls of the form to entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from apps.collection.facts import input_text
from apps.collection.keys import Key, read_key
from apps.collection.services import Entry
from apps.collection.slots import Slot
from apps.plans.enums import Accumulation

CARRY_ALL = "all"


def entries_from(data: Mapping[str, str], slots: Iterable[Slot]) -> dict[Key, Entry]:
    """Return what was sent for the facts open for writing; a fact that was not sent stays untouched."""
    return {slot.key: _entry(data, slot) for slot in slots if slot.editable and _was_sent(data, slot)}


def _was_sent(data: Mapping[str, str], slot: Slot) -> bool:
    return any(f"{letter}-{slot.name}" in data for letter in "fnr")


def _entry(data: Mapping[str, str], slot: Slot) -> Entry:
    return Entry(
        element_id=slot.element.pk,
        stage=slot.stage,
        text=data.get(f"f-{slot.name}", ""),
        not_applicable=f"n-{slot.name}" in data,
        reason=data.get(f"r-{slot.name}", ""),
    )


def carry_over(entries: dict[Key, Entry], slots: Iterable[Slot], which: str) -> dict[Key, Entry]:
    """Return the entries with the last accepted value written into one fact, or into all blank ones."""
    if not which:
        return entries
    chosen = None if which == CARRY_ALL else read_key(which)
    carried = dict(entries)
    for slot in slots:
        entry = entries.get(slot.key)
        if entry is None or slot.previous is None or slot.element.accumulation == Accumulation.FLOW:
            continue
        is_blank = not entry.text.strip() and not entry.not_applicable
        if slot.key == chosen or (which == CARRY_ALL and is_blank):
            text = input_text(slot.element, slot.previous.value)
            carried[slot.key] = replace(entry, text=text, not_applicable=False) if text else entry
    return carried
