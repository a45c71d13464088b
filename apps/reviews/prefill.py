"""Facts that another system holds already: they count at once, with their source, and are not asked again.

They are written like any other fact: a value, a revision of it and its acceptance by whoever brings it in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.checks import Problem, fall_problem, rule_problems
from apps.collection.facts import FactValue, accepted_of, read_fact
from apps.collection.keys import Key
from apps.collection.models import DataValue, DataValueRevision, Period, Submission
from apps.collection.permissions import prefills_for
from apps.collection.services.locking import locked
from apps.collection.slots import Slot, rules_between, slots_of
from apps.core import clock
from apps.core.typed import Unreadable
from apps.organisations.models import Organisation
from apps.plans.enums import Privacy
from apps.reviews.signals import values_accepted


@dataclass(frozen=True)
class SourcedFact:
    """One fact of another system: `text` as it stands there, `source_on` the date it had there."""

    element_id: int
    stage: str
    text: str
    source: str
    source_on: dt.date

    @property
    def key(self) -> Key:
        return (self.element_id, self.stage)


@transaction.atomic
def facts_prefill(
    *, period: Period, organisation: Organisation, facts: Iterable[SourcedFact], by: User
) -> dict[Key, str]:
    """Let facts of other systems count for one organisation; return the refusals by fact, in words.

    With a refusal nothing should be kept: the caller rolls back. A fact that says the same already is left as
    it is; one that the organisation has written otherwise, or that was accepted from it, is refused.

    Raises:
        PermissionDenied: unless `by` is an administrator of the organisation's region.
    """
    if not prefills_for(by, organisation):
        raise PermissionDenied
    wanted = {fact.key: fact for fact in facts}
    submission, _new = Submission.objects.get_or_create(
        period=period, organisation=organisation, defaults={"started_by": by}
    )
    submission = locked(submission)
    slots = _slots(submission)
    read, refusals = _read(wanted, slots)
    _store(submission, {key: wanted[key] for key in read}, read, slots, by)
    refusals |= _impossible(submission, wanted)
    if read and not refusals:
        submission.version += 1
        submission.save(update_fields=["version"])
        elements = sorted({element for element, _stage in read})
        values_accepted.send(Submission, submission=submission, element_ids=elements, by=by)
    return refusals


def _slots(submission: Submission) -> dict[Key, Slot]:
    found = slots_of(
        period=submission.period,
        organisation=submission.organisation,
        submission=submission,
        compare=False,
    )
    return {slot.key: slot for slot in found}


def _read(
    wanted: Mapping[Key, SourcedFact], slots: Mapping[Key, Slot]
) -> tuple[dict[Key, FactValue], dict[Key, str]]:
    """Return what changes, and why the rest is refused; what says the same already is in neither."""
    read: dict[Key, FactValue] = {}
    refusals: dict[Key, str] = {}
    for key, fact in wanted.items():
        slot = slots.get(key)
        if slot is None:
            refusals[key] = _("This organisation does not owe this fact in this quarter.")
            continue
        try:
            value = read_fact(slot.element, fact.text)
        except Unreadable as refusal:
            refusals[key] = refusal.message
            continue
        if refusal_text := _refusal(slot, value):
            refusals[key] = refusal_text
        elif not _says_it_already(slot, fact, value):
            read[key] = value
    return read, refusals


def _refusal(slot: Slot, value: FactValue) -> str:
    if value.is_blank:
        return _("The figure is missing.")
    stored = slot.stored
    if _is_own_and_private(slot):
        return _("The organisation reports this figure itself; it is not shown or compared here.")
    if stored is None or stored.source or (slot.value.is_blank and not stored.typed):
        return "" if stored is None or not stored.is_open else _("This fact is open for correction.")
    if stored.accepted_at is not None and not value.same_as(accepted_of(stored) or FactValue()):
        return _("Another figure, reported by the school, is accepted already; have it reopened.")
    if not value.same_as(slot.value):
        return _("The school has already written another figure; clear that up with it first.")
    return ""


def _is_own_and_private(slot: Slot) -> bool:
    """Trying one figure after the other must not find out what a school has written."""
    stored = slot.stored
    is_written = stored is not None and not stored.source and not (slot.value.is_blank and not stored.typed)
    return is_written and slot.element.privacy != Privacy.AGGREGATE


def _says_it_already(slot: Slot, fact: SourcedFact, value: FactValue) -> bool:
    stored = slot.stored
    if stored is None or stored.accepted_at is None or not value.same_as(slot.value):
        return False
    return not stored.source or (stored.source, stored.source_on) == (fact.source, fact.source_on)


def _store(
    submission: Submission,
    facts: Mapping[Key, SourcedFact],
    read: Mapping[Key, FactValue],
    slots: Mapping[Key, Slot],
    by: User,
) -> None:
    """Write values, their revisions and the acceptance of both."""
    now = timezone.now()
    for key, value in read.items():
        slot, fact = slots[key], facts[key]
        row = slot.stored or DataValue(submission=submission, element=slot.element, stage=slot.stage)
        row.number, row.date, row.text = value.number, value.date, value.text
        row.not_applicable, row.reason, row.typed = False, "", ""
        row.accepted_number, row.accepted_date = value.number, value.date
        row.accepted_text, row.accepted_not_applicable = value.text, False
        row.source, row.source_on = fact.source, fact.source_on
        row.updated_by, row.accepted_by, row.accepted_at = by, by, now
        row.save()
        _revise(row, by, now)


def _revise(row: DataValue, by: User, now: dt.datetime) -> None:
    last = row.revisions.aggregate(last=Max("number_in_order"))["last"] or 0
    DataValueRevision.objects.create(
        value=row,
        number_in_order=last + 1,
        number=row.number,
        date=row.date,
        text=row.text,
        source=row.source,
        source_on=row.source_on,
        submitted_by=by,
        accepted_by=by,
        accepted_at=now,
        accepted_on=clock.today(),
    )


def _impossible(submission: Submission, wanted: Mapping[Key, SourcedFact]) -> dict[Key, str]:
    """Return which of the facts contradict each other or what the organisation has written."""
    slots = list(_slots(submission).values())
    found = {
        slot.key: _told(problem, slot)
        for slot in slots
        if slot.key in wanted and (problem := fall_problem(slot, submission.period))
    }
    by_key = {slot.key: slot for slot in slots}
    for left, right, problem in rule_problems(slots, rules_between(slots)):
        for key in {left, right} & set(wanted):
            found.setdefault(key, _told(problem, by_key[left], by_key[right]))
    return found


def _told(problem: Problem, *slots: Slot) -> str:
    """Return what is wrong, without the figures where one of them is private."""
    if all(slot.element.privacy == Privacy.AGGREGATE for slot in slots):
        return problem.message
    return _("It contradicts another figure of the same organisation that is not shown here.")
