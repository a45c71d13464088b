"""Readings as typed cells and words, for every table that shows them. Pure."""

from __future__ import annotations

from django.utils.translation import gettext

from apps.dashboards import wording
from apps.dashboards.readings import Reading
from apps.dashboards.tables import (
    Cell,
    count_cell,
    number_cell,
    text_cell,
)
from apps.dashboards.targets_text import target_words
from apps.organisations.enums import Ownership, Setting, Stage
from apps.plans.enums import SliceKind

SLICE_CHOICES = {SliceKind.STAGE: Stage, SliceKind.OWNERSHIP: Ownership, SliceKind.SETTING: Setting}


def slice_name(kind: str, value: str) -> str:
    """Return a slice's name, e.g. "Primary"."""
    return str(SLICE_CHOICES[SliceKind(kind)](value).label)


def slice_order(kind: str, value: str) -> int:
    """Return the place of a slice among those of its kind, as its choices are listed."""
    return SLICE_CHOICES[SliceKind(kind)].values.index(value)


def value_cell(reading: Reading) -> Cell:
    """Return the value as a typed cell, or in words why there is none."""
    decimals = 0 if reading.steps else reading.decimals
    return number_cell(reading.told, unit=reading.unit, decimals=decimals, instead=reading.absence_text)


def part_cell(reading: Reading, part: str) -> Cell:
    """Return the numerator or the denominator of a reading."""
    return count_cell(getattr(reading, part), instead=reading.absence_text if reading.is_hidden else "—")


def gap_cell(reading: Reading) -> Cell:
    """Return how far an unmet target is, with enough decimals to be seen."""
    size = reading.gap_told
    if size is None or not reading.is_judged:
        return text_cell("—")
    if reading.status == "achieved":
        return text_cell(reading.gap_text)
    decimals = 0 if reading.steps else reading.decimals
    return number_cell(size, decimals=wording.decimals_to_tell_apart(size, decimals))


def target_text(reading: Reading) -> str:
    """Return the target in force in words; without one, why there is no light."""
    if reading.target is not None:
        return target_words(reading.indicator, reading.target)
    proposed = proposal_of(reading)
    if proposed:
        return gettext("to be confirmed: %(target)s") % {"target": proposed}
    return gettext("no target set")


def proposal_of(reading: Reading) -> str:
    """Return the latest target that waits for the bureau's confirmation, in words; empty without one."""
    target = getattr(reading.indicator, "target", None)
    waiting = (
        [revision for revision in target.revisions.all() if revision.confirmed_on is None] if target else []
    )
    return (
        target_words(reading.indicator, max(waiting, key=lambda revision: revision.number)) if waiting else ""
    )


def light_cell(reading: Reading) -> Cell:
    """Return the light as shape and word."""
    return text_cell(reading.light_text, light=reading.status)


def confidence_text(reading: Reading) -> str:
    """Return what limits the trust in a figure: provisional, carried, hidden; a dash when nothing does."""
    notes = [gettext("provisional")] if reading.is_provisional else []
    if reading.carried_text:
        notes.append(reading.carried_text)
    return gettext("; ").join(notes) or "—"
