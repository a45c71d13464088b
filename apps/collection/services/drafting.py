"""Writing a return: begin it, save what is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.enums import SubmissionStatus
from apps.collection.errors import Conflict, WorkflowError
from apps.collection.facts import check_words
from apps.collection.keys import Key
from apps.collection.models import Assignment, Period, Submission
from apps.collection.permissions import drafts_for, reports_for
from apps.collection.services.entries import Entry, Place, SaveOutcome, changes_of
from apps.collection.services.locking import locked
from apps.collection.services.storing import facts_store
from apps.collection.slots import WRITABLE, Slot, slots_of
from apps.core import clock
from apps.core.typed import Unreadable
from apps.organisations.models import Organisation


@transaction.atomic
def submission_start(*, period: Period, organisation: Organisation, by: User) -> Submission:
    """Return the organisation's return for the period, beginning it when there is none.

    Raises:
        PermissionDenied: `by` neither reports for the organisation nor imports drafts for it.
        WorkflowError: nothing is due, or the period is not open yet.
    """
    if not (reports_for(by, organisation) or drafts_for(by, organisation)):
        raise PermissionDenied
    if clock.today() < period.opens_on:
        raise WorkflowError(not_open_yet(period))
    if not Assignment.objects.filter(
        period=period, organisation=organisation, withdrawn_on__isnull=True
    ).exists():
        raise WorkflowError(nothing_due())
    submission, _created = Submission.objects.get_or_create(
        period=period, organisation=organisation, defaults={"started_by": by}
    )
    return submission


@transaction.atomic
def remark_save(*, submission: Submission, remark: str, by: User) -> Submission:
    """Keep what is said about the return as a whole.

    Raises:
        PermissionDenied: `by` does not report for the organisation.
        WorkflowError: it is too long or holds a personal number.
    """
    current = locked(submission)
    if not reports_for(by, current.organisation):
        raise PermissionDenied
    try:
        check_words(remark)
    except Unreadable as refusal:
        raise WorkflowError(refusal.message) from refusal
    if remark.strip() != current.remark and current.status in WRITABLE:
        current.remark = remark.strip()
        current.save(update_fields=["remark"])
    return current


@transaction.atomic
def values_save(
    *,
    submission: Submission,
    entries: Iterable[Entry] | Callable[[list[Slot]], Iterable[Entry]],
    by: User,
    version: int | None = None,
) -> SaveOutcome:
    """Save what was typed. What can be read becomes the fact; what cannot is kept as typed, with its problem.

    Facts not in `entries` stay as they are. Nothing valid is lost because something else is wrong.

    Args:
        entries: what was typed, or what makes it from the facts of the locked return.
        version: the version the writer saw; None skips the check for somebody else's change.

    Raises:
        PermissionDenied: `by` neither reports for the organisation nor imports drafts for it.
        Conflict: somebody changed the return since `version`; nothing is saved.
        WorkflowError: the return is not open for writing.
    """
    current = locked(submission)
    if not (reports_for(by, current.organisation) or drafts_for(by, current.organisation)):
        raise PermissionDenied
    owed = slots_of(
        period=current.period, organisation=current.organisation, submission=current, compare=False
    )
    typed = entries(owed) if callable(entries) else entries
    refuse_closed(current, owed)
    if version is not None and version != current.version:
        raise _conflict(current, owed)
    outcome = SaveOutcome(version=current.version)
    slots = {slot.key: slot for slot in owed}
    entries_write(submission=current, entries=typed, slots=slots, by=by, outcome=outcome)
    submission.refresh_from_db()
    return outcome


def refuse_closed(submission: Submission, slots: Iterable[Slot]) -> None:
    """Raise WorkflowError when nothing of a return can be written now."""
    if submission.status != SubmissionStatus.DRAFT and not any(slot.editable for slot in slots):
        raise WorkflowError(closed(submission))


def not_open_yet(period: Period) -> str:
    return _("Reporting opens on %(date)s.") % {"date": period.opens_on.isoformat()}


def nothing_due() -> str:
    return _("Nothing is due from you in this quarter.")


def closed(submission: Submission) -> str:
    return _("This return cannot be changed now: %(status)s.") % {"status": submission.get_status_display()}


def entries_write(
    *,
    submission: Submission,
    entries: Iterable[Entry],
    slots: Mapping[Key, Slot],
    by: User,
    outcome: SaveOutcome,
) -> None:
    """Write entries into a locked return and tell `outcome`."""
    places = {key: Place.of(slot) for key, slot in slots.items()}
    changed = changes_of(entries, places, outcome)
    facts_store(written={submission.pk: changed}, by=by)
    submission.version += bool(changed)
    outcome.version = submission.version


def _conflict(submission: Submission, slots: Iterable[Slot]) -> Conflict:
    rows = [slot.stored for slot in slots if slot.stored is not None]
    last = max(rows, key=lambda row: row.updated_at, default=None)
    who = last.updated_by.name if last else _("Somebody")
    when = timezone.localtime(last.updated_at if last else timezone.now()).strftime("%H:%M")
    return Conflict(who, when)
