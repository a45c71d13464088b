"""Writing drafts of many returns at once: the rules of the form, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction

from apps.accounts.models import User
from apps.collection.enums import SubmissionStatus
from apps.collection.facts import FactValue
from apps.collection.keys import Key
from apps.collection.models import Assignment, DataValue, Period, Submission
from apps.collection.permissions import drafts_for_all
from apps.collection.services.drafting import closed, not_open_yet, nothing_due
from apps.collection.services.entries import BLANK, Entry, Place, Reader, SaveOutcome, Written, changes_of
from apps.collection.services.storing import facts_store
from apps.collection.slots import WRITABLE, may_be_written
from apps.core import clock
from apps.organisations.models import Organisation
from apps.plans.models import DataElement

Entries = Mapping[Organisation, Sequence[Entry]]


class StoredFact(NamedTuple):
    """A stored fact without its model: there may be a hundred thousand."""

    number: Decimal | None
    date: dt.date | None
    text: str
    not_applicable: bool
    reason: str
    typed: str
    source: str
    is_open: bool

    @property
    def value(self) -> FactValue:
        return FactValue(self.number, self.date, self.text, self.not_applicable, self.reason)


@dataclass
class ManySaved:
    """By organisation: what was saved, why nothing was, and what stood there before."""

    outcomes: dict[int, SaveOutcome] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    before: dict[int, dict[Key, StoredFact]] = field(default_factory=dict)

    def value_before(self, organisation: int, key: Key) -> FactValue:
        stored = self.before.get(organisation, {}).get(key)
        return stored.value if stored else BLANK


@transaction.atomic
def drafts_save(
    *, period: Period, entries: Entries, by: User, read: Reader, dry_run: bool = False
) -> ManySaved:
    """Save what was brought for many organisations as `submission_start` and `values_save` do for one.

    A return that takes nothing is in `refused`, with why; the others are not touched by that.

    Args:
        read: how a text becomes a fact; `KnownTexts()`, to read each only once.
        dry_run: find out what would become of it; nothing is written, created or locked.

    Raises:
        PermissionDenied: `by` may not write drafts of one of the organisations.
    """
    if not drafts_for_all(by, entries):
        raise PermissionDenied
    is_open = clock.today() >= period.opens_on
    owed = _owed(period, entries) if is_open else {}
    why = nothing_due() if is_open else not_open_yet(period)
    many = ManySaved(refused={one.pk: why for one in entries if one.pk not in owed})
    returns = _returns(period, owed, by, dry_run=dry_run)
    many.before = _stored(returns)
    elements = DataElement.objects.in_bulk({entry.element_id for each in entries.values() for entry in each})
    written: dict[int, list[Written]] = {}
    for organisation, own in entries.items():
        if (asked := owed.get(organisation.pk)) is None:
            continue
        form = _Form(returns.get(organisation.pk), asked, many.before.get(organisation.pk, {}))
        if form.is_closed:
            many.refused[organisation.pk] = form.why_closed
            continue
        many.outcomes[organisation.pk] = outcome = SaveOutcome(form.version)
        written[form.pk] = changes_of(own, form.places(own, elements), outcome, read)
        outcome.version += bool(outcome.saved)
    if not dry_run:
        facts_store(written=written, by=by)
    return many


@dataclass
class _Form:
    """One return with the facts that are asked of it and those that are stored."""

    submission: Submission | None
    owed: set[Key]
    stored: dict[Key, StoredFact]

    def __post_init__(self) -> None:
        self.takes_new = self._may_write(None)

    @property
    def pk(self) -> int:
        return self.submission.pk if self.submission else 0

    @property
    def version(self) -> int:
        return self.submission.version if self.submission else 0

    @property
    def status(self) -> str:
        return self.submission.status if self.submission else SubmissionStatus.DRAFT

    @property
    def is_closed(self) -> bool:
        return self.status != SubmissionStatus.DRAFT and not any(map(self.may_write, self.owed))

    @property
    def why_closed(self) -> str:
        return closed(self.submission) if self.submission else ""

    def may_write(self, key: Key) -> bool:
        return self._may_write(self.stored.get(key))

    def _may_write(self, stored: StoredFact | None) -> bool:
        return may_be_written(self.status, stored) if stored else self.status in WRITABLE

    def places(self, entries: Iterable[Entry], elements: Mapping[int, DataElement]) -> dict[Key, Place]:
        """Return the places of what was brought, as far as it is asked."""
        keys = (entry.key for entry in entries)
        return {key: self._place(key, elements) for key in keys if key in self.owed}

    def _place(self, key: Key, elements: Mapping[int, DataElement]) -> Place:
        stored, element = self.stored.get(key), elements[key[0]]
        if stored is None:
            return Place(element, self.takes_new)
        return Place(element, self._may_write(stored), stored.value, stored.typed)


def _owed(period: Period, organisations: Iterable[Organisation]) -> dict[int, set[Key]]:
    """Return the facts that are asked of the organisations, by organisation (1 query)."""
    rows = Assignment.objects.filter(
        period=period, organisation__in=[one.pk for one in organisations], withdrawn_on__isnull=True
    )
    found: dict[int, set[Key]] = defaultdict(set)
    known: dict[Key, Key] = {}
    for organisation, element, stage in rows.values_list("organisation_id", "element_id", "stage"):
        key = (element, stage)
        found[organisation].add(known.setdefault(key, key))
    return dict(found)


def _returns(
    period: Period, organisations: Iterable[int], by: User, *, dry_run: bool
) -> dict[int, Submission]:
    """Return the returns by organisation; when writing, begun where there is none and locked in one order."""
    wanted = sorted(organisations)
    rows = Submission.objects.filter(period=period, organisation__in=wanted)
    if not dry_run:
        there = set(rows.values_list("organisation_id", flat=True))
        Submission.objects.bulk_create(
            [
                Submission(period=period, organisation_id=one, started_by=by)
                for one in wanted
                if one not in there
            ],
            ignore_conflicts=True,
        )
        rows = rows.select_for_update(of=("self",)).order_by("pk")
    return {row.organisation_id: row for row in rows}


def _stored(returns: Mapping[int, Submission]) -> dict[int, dict[Key, StoredFact]]:
    """Return what is stored in the returns, by organisation (1 query)."""
    organisations = {row.pk: organisation for organisation, row in returns.items()}
    rows = DataValue.objects.filter(submission__in=organisations)
    found: dict[int, dict[Key, StoredFact]] = defaultdict(dict)
    for submission, element, stage, *fact in rows.values_list(
        "submission_id", "element_id", "stage", *StoredFact._fields
    ):
        found[organisations[submission]][element, stage] = StoredFact(*fact)
    return dict(found)
