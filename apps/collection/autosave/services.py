"""Saving single facts while a form is filled: each has its version, so that two people do not collide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction

from apps.accounts.models import User
from apps.collection.autosave.timing import fill_times_note
from apps.collection.keys import Key
from apps.collection.models import Submission
from apps.collection.permissions import reports_for
from apps.collection.services.drafting import entries_write, refuse_closed
from apps.collection.services.entries import Entry, Place, SaveOutcome, says_the_same
from apps.collection.services.locking import locked
from apps.collection.slots import Slot, slots_of


@dataclass(frozen=True)
class Edit:
    """What somebody typed for a fact, the version of it they saw, and the seconds they were at it."""

    entry: Entry
    version: int
    seconds: int = 0

    @property
    def key(self) -> Key:
        return self.entry.key


@dataclass
class AutosaveOutcome:
    """What was saved or refused, and the facts that somebody else changed meanwhile: those are left alone."""

    saved: SaveOutcome
    conflicts: set[Key] = field(default_factory=set)


@transaction.atomic
def facts_autosave(*, submission: Submission, edits: Iterable[Edit], by: User) -> AutosaveOutcome:
    """Save single facts of a return. Nothing that somebody else saved is overwritten unseen.

    Raises:
        PermissionDenied: `by` does not report for the organisation.
        WorkflowError: the return is not open for writing.
    """
    current = locked(submission)
    if not reports_for(by, current.organisation):
        raise PermissionDenied
    slots = {
        slot.key: slot
        for slot in slots_of(
            period=current.period, organisation=current.organisation, submission=current, compare=False
        )
    }
    refuse_closed(current, slots.values())
    outcome = AutosaveOutcome(SaveOutcome(version=current.version))
    taken = []
    for edit in edits:
        if _is_overtaken(edit, slots.get(edit.key)):
            outcome.conflicts.add(edit.key)
        else:
            taken.append(edit)
    entries = [edit.entry for edit in taken]
    entries_write(submission=current, entries=entries, slots=slots, by=by, outcome=outcome.saved)
    seconds = {edit.key: edit.seconds for edit in taken if edit.key in slots and edit.seconds}
    fill_times_note(submission=current, seconds=seconds)
    submission.refresh_from_db()
    return outcome


def _is_overtaken(edit: Edit, slot: Slot | None) -> bool:
    """Tell whether the fact was changed after the version that the writer saw, to something else."""
    if slot is None or slot.stored is None or slot.stored.version == edit.version:
        return False
    return not says_the_same(edit.entry, Place.of(slot)) or edit.entry.reason.strip() != slot.stored.reason
