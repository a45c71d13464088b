"""Writing a return: begin it, save what is typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.checks import Problem
from apps.collection.enums import SubmissionStatus
from apps.collection.errors import Conflict, WorkflowError
from apps.collection.facts import FactValue, check_words, echo_of, read_fact, value_of
from apps.collection.keys import Key
from apps.collection.models import Assignment, DataValue, Period, Submission
from apps.collection.permissions import drafts_for, reports_for
from apps.collection.services.locking import locked
from apps.collection.slots import Slot, slots_of
from apps.core import clock
from apps.core.typed import Unreadable, has_personal_number, tidy
from apps.organisations.models import Organisation

WRITABLE = frozenset({SubmissionStatus.DRAFT, SubmissionStatus.RETURNED, SubmissionStatus.REOPENED})
TYPED_LENGTH = 200
NOT_APPLICABLE_TYPED = "不适用"
FACT_FIELDS = ("number", "date", "text", "not_applicable", "reason")
STORED_FIELDS = (*FACT_FIELDS, "typed", "source", "source_on", "version", "updated_by", "updated_at")


@dataclass(frozen=True)
class Entry:
    """What somebody typed for one fact. `text` is raw, as typed."""

    element_id: int
    stage: str
    text: str = ""
    not_applicable: bool = False
    reason: str = ""

    @property
    def key(self) -> Key:
        return (self.element_id, self.stage)


@dataclass
class SaveOutcome:
    """How many facts changed, what could not be read, what was read otherwise than typed, and the version."""

    version: int
    saved: int = 0
    problems: dict[Key, Problem] = field(default_factory=dict)
    echoes: dict[Key, str] = field(default_factory=dict)


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
        raise WorkflowError(_("Reporting opens on %(date)s.") % {"date": period.opens_on.isoformat()})
    if not Assignment.objects.filter(
        period=period, organisation=organisation, withdrawn_on__isnull=True
    ).exists():
        raise WorkflowError(_("Nothing is due from you in this quarter."))
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
    *, submission: Submission, entries: Iterable[Entry], by: User, version: int | None = None
) -> SaveOutcome:
    """Save what was typed. What can be read becomes the fact; what cannot is kept as typed, with its problem.

    Facts not in `entries` stay as they are. Nothing valid is lost because something else is wrong.

    Args:
        version: the version the writer saw; None skips the check for somebody else's change.

    Raises:
        PermissionDenied: `by` neither reports for the organisation nor imports drafts for it.
        Conflict: somebody changed the return since `version`; nothing is saved.
        WorkflowError: the return is not open for writing.
    """
    current = locked(submission)
    if not (reports_for(by, current.organisation) or drafts_for(by, current.organisation)):
        raise PermissionDenied
    slots = {
        slot.key: slot
        for slot in slots_of(
            period=current.period, organisation=current.organisation, submission=current, compare=False
        )
    }
    refuse_closed(current, slots.values())
    if version is not None and version != current.version:
        raise _conflict(current, slots.values())
    outcome = SaveOutcome(version=current.version)
    entries_write(submission=current, entries=entries, slots=slots, by=by, outcome=outcome)
    submission.refresh_from_db()
    return outcome


def refuse_closed(submission: Submission, slots: Iterable[Slot]) -> None:
    """Raise WorkflowError when nothing of a return can be written now."""
    if submission.status != SubmissionStatus.DRAFT and not any(slot.editable for slot in slots):
        raise WorkflowError(
            _("This return cannot be changed now: %(status)s.") % {"status": submission.get_status_display()}
        )


def entries_write(
    *,
    submission: Submission,
    entries: Iterable[Entry],
    slots: Mapping[Key, Slot],
    by: User,
    outcome: SaveOutcome,
) -> list[DataValue]:
    """Write entries into a locked return and tell `outcome`; returns the rows that changed."""
    changed = [
        row for entry in entries if (row := _apply(entry, slots.get(entry.key), submission, by, outcome))
    ]
    _store(changed)
    if changed:
        submission.version += 1
        submission.save(update_fields=["version"])
    outcome.saved, outcome.version = len(changed), submission.version
    return changed


def _apply(
    entry: Entry, slot: Slot | None, submission: Submission, by: User, outcome: SaveOutcome
) -> DataValue | None:
    """Return the row to store, None when nothing changes; problems go to `outcome`."""
    if slot is None or not slot.editable:
        if slot is None or not says_the_same(entry, slot):
            outcome.problems[entry.key] = Problem("not_open", _("This fact is not open for changes."))
        return None
    value, typed = _read(entry, slot, outcome)
    row = slot.stored or DataValue(submission=submission, element=slot.element, stage=slot.stage)
    if value_of(row) == value and row.typed == typed:
        return None
    for name in FACT_FIELDS:
        setattr(row, name, getattr(value, name))
    row.typed, row.updated_by, row.updated_at = typed, by, timezone.now()
    row.source, row.source_on = "", None
    row.version += 1
    return row


def _read(entry: Entry, slot: Slot, outcome: SaveOutcome) -> tuple[FactValue, str]:
    """Return the fact and, when it cannot be read, what was typed."""
    reason = entry.reason.strip()
    try:
        check_words(reason)
    except Unreadable as refusal:
        outcome.problems[entry.key] = Problem(refusal.code, refusal.message)
        reason = ""
    try:
        value = (
            _not_applicable(entry, reason) if entry.not_applicable else read_fact(slot.element, entry.text)
        )
    except Unreadable as refusal:
        outcome.problems.setdefault(entry.key, Problem(refusal.code, refusal.message))
        return FactValue(reason=reason), _kept(entry)
    if echo := echo_of(slot.element, entry.text, value):
        outcome.echoes[entry.key] = echo
    return replace(value, reason=reason), ""


def _kept(entry: Entry) -> str:
    """Return what is kept of an unreadable text: all of it, but no personal number."""
    typed = tidy(entry.text)[:TYPED_LENGTH]
    if has_personal_number(typed):
        return ""
    return typed or NOT_APPLICABLE_TYPED


def _not_applicable(entry: Entry, reason: str) -> FactValue:
    if tidy(entry.text):
        raise Unreadable("both")
    if not reason:
        raise Unreadable("no_reason")
    return FactValue(not_applicable=True, reason=reason)


def says_the_same(entry: Entry, slot: Slot) -> bool:
    """Tell whether an entry is what is stored already; reasons aside."""
    if entry.not_applicable and slot.value.not_applicable:
        return True
    try:
        return read_fact(slot.element, entry.text).same_as(slot.value)
    except Unreadable:
        return bool(slot.stored and slot.stored.typed and slot.stored.typed == _kept(entry))


def _store(rows: list[DataValue]) -> None:
    DataValue.objects.bulk_create([row for row in rows if row.pk is None])
    kept = [row for row in rows if row.pk is not None]
    DataValue.objects.bulk_update(kept, STORED_FIELDS) if kept else None


def _conflict(submission: Submission, slots: Iterable[Slot]) -> Conflict:
    rows = [slot.stored for slot in slots if slot.stored is not None]
    last = max(rows, key=lambda row: row.updated_at, default=None)
    who = last.updated_by.name if last else _("Somebody")
    when = timezone.localtime(last.updated_at if last else timezone.now()).strftime("%H:%M")
    return Conflict(who, when)
