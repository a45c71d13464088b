"""Saving single facts while a form is filled: each has its version, so that two people do not collide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction

from apps.accounts.models import User
from apps.collection.autosave.near import Near, near
from apps.collection.autosave.timing import fill_times_note
from apps.collection.errors import WorkflowError
from apps.collection.form_fields import FieldView
from apps.collection.keys import Key
from apps.collection.models import Period, Submission
from apps.collection.permissions import reports_for
from apps.collection.returns import return_of
from apps.collection.rules.kept import kept_rules
from apps.collection.services.drafting import (
    entries_write,
    not_open_yet,
    nothing_due,
    refuse_closed,
    submission_start,
)
from apps.collection.services.entries import Entry, Place, SaveOutcome, says_the_same
from apps.collection.slots import Slot, slots_of
from apps.core import clock
from apps.organisations.models import Organisation


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
    """What was saved or refused, and the facts that somebody else changed meanwhile: those are left alone.

    `told` are the facts at which something new is to be said, None where the page did not know all the rest;
    `known` stands for the return as it is now.
    """

    saved: SaveOutcome
    conflicts: set[Key] = field(default_factory=set)
    told: list[FieldView] | None = None
    known: str = ""


@transaction.atomic
def facts_autosave(
    *,
    period: Period,
    organisation: Organisation,
    edits: Sequence[Edit],
    by: User,
    known: str = "",
) -> AutosaveOutcome:
    """Save single facts of a return, begun if need be. Nothing of somebody else is overwritten unseen.

    Args:
        known: what the page was last told to know.

    Raises:
        PermissionDenied: `by` does not report for the organisation.
        WorkflowError: the return is not open for writing, or nothing is due.
    """
    if not reports_for(by, organisation):
        raise PermissionDenied
    submission = _locked(period, organisation, by)
    found = near(submission, [edit.key for edit in edits], kept_rules())
    _refuse_closed(found)
    is_in_step = known == found.known
    outcome = AutosaveOutcome(SaveOutcome(version=submission.version))
    taken = []
    for edit in edits:
        if _is_overtaken(edit, found.slots.get(edit.key)):
            outcome.conflicts.add(edit.key)
        else:
            taken.append(edit)
    entries = [edit.entry for edit in taken]
    entries_write(submission=submission, entries=entries, slots=found.slots, by=by, outcome=outcome.saved)
    seconds = {edit.key: edit.seconds for edit in taken if edit.key in found.slots and edit.seconds}
    fill_times_note(submission=submission, seconds=seconds)
    if is_in_step:
        outcome.told, outcome.known = found.views(), found.known
    return outcome


def _locked(period: Period, organisation: Organisation, by: User) -> Submission:
    if clock.today() < period.opens_on:
        raise WorkflowError(not_open_yet(period))
    submission = return_of(period, organisation, is_locked=True)
    if submission is None:
        submission_start(period=period, organisation=organisation, by=by)
        submission = return_of(period, organisation, is_locked=True)
    assert submission is not None
    return submission


def _refuse_closed(found: Near) -> None:
    """Raise WorkflowError when nothing of the return can be written now, or nothing is due any more."""
    if any(slot.editable for slot in found.slots.values()):
        return
    submission = found.submission
    owed = slots_of(
        period=submission.period, organisation=submission.organisation, submission=submission, compare=False
    )
    if not owed:
        raise WorkflowError(nothing_due())
    refuse_closed(submission, owed)


def _is_overtaken(edit: Edit, slot: Slot | None) -> bool:
    """Tell whether the fact was changed after the version that the writer saw, to something else."""
    if slot is None or slot.stored is None or slot.stored.version == edit.version:
        return False
    return not says_the_same(edit.entry, Place.of(slot)) or edit.entry.reason.strip() != slot.stored.reason
