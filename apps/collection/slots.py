"""The facts an organisation owes for a period: what is written, what counted before, what was returned.

A constant number of queries, whatever the number of facts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from apps.collection.enums import SubmissionStatus
from apps.collection.facts import FactValue, accepted_of, value_of
from apps.collection.keys import Key, key_text
from apps.collection.models import DataValue, Period, Submission
from apps.collection.owed import Previous as Previous
from apps.collection.owed import counted_before, written_of
from apps.collection.revisions import latest_revisions
from apps.collection.rules.book import Rulebook
from apps.collection.rules.kept import kept_rules
from apps.collection.rules.peers import peers_of
from apps.collection.rules.spread import Spread
from apps.organisations.models import Organisation
from apps.plans.enums import ValueType
from apps.plans.models import DataElement

if TYPE_CHECKING:
    from apps.reviews.models import FieldReturn

FIGURES = frozenset({ValueType.INTEGER, ValueType.DECIMAL})
CORRECTED = frozenset({SubmissionStatus.RETURNED, SubmissionStatus.REOPENED})
WRITABLE = CORRECTED | {SubmissionStatus.DRAFT}


@dataclass
class Slot:
    """One owed fact. `field_return`: the open return of it; `submitted`: what was handed in before that.

    `last_year` is the same quarter's accepted value a year ago, `peers` how schools of the type stood before.
    """

    element: DataElement
    stage: str
    stored: DataValue | None
    previous: Previous | None
    editable: bool
    field_return: FieldReturn | None = None
    submitted: FactValue | None = None
    last_year: Previous | None = None
    peers: Spread | None = None
    period: Period | None = None

    @property
    def of_this_year(self) -> Previous | None:
        """The last accepted value where it is of the same year."""
        if self.previous is None or self.period is None:
            return None
        return self.previous if self.previous.period.plan_id == self.period.plan_id else None

    @cached_property
    def key(self) -> Key:
        return (self.element.pk, self.stage)

    @cached_property
    def name(self) -> str:
        return key_text(self.key)

    @property
    def value(self) -> FactValue:
        return value_of(self.stored)

    @property
    def is_prefilled(self) -> bool:
        """Another system has told it: nobody is asked again, unless it is opened for correction."""
        return self.stored is not None and bool(self.stored.source) and not self.stored.is_open

    @property
    def accepted(self) -> FactValue | None:
        """What of this very period counts already (when a fact is corrected after acceptance)."""
        return accepted_of(self.stored)


def slots_of(
    *,
    period: Period,
    organisation: Organisation,
    submission: Submission | None,
    compare: bool = True,
    of_blank: bool = False,
) -> list[Slot]:
    """Return the owed facts in the order of their elements (4 queries at most, 6 while it is corrected).

    Args:
        compare: also with the schools of the type, where a rule holds a written figure against them.
        of_blank: compare facts without a figure, too: one is about to be written.
    """
    written = written_of(submission, period, organisation)
    kept = kept_rules()  # after the facts, so that it knows all of them
    previous, last_year = counted_before(period, organisation)
    figures = {key[0] for key, value in written.items() if of_blank or (value and value.number is not None)}
    compared = kept.compared_with_peers(figures) if compare else set()
    peers = peers_at(period, organisation, [kept.facts[element] for element in compared])
    returned = open_returns(submission)
    joined = slots_by_key(
        written,
        submission=submission,
        period=period,
        facts=kept.facts,
        before=(previous, last_year),
        peers=peers,
        returned=returned,
    )
    return list(joined.values())


def slots_by_key(
    written: Mapping[Key, DataValue | None],
    *,
    submission: Submission | None,
    period: Period,
    facts: Mapping[int, DataElement],
    before: tuple[Mapping[Key, Previous], Mapping[Key, Previous]],
    peers: Mapping[Key, Spread],
    returned: Mapping[int, tuple[FieldReturn, FactValue | None]],
) -> dict[Key, Slot]:
    """Return what is written joined with all that was read about it; `before`: last, and a year ago."""
    previous, last_year = before
    return {
        key: Slot(
            element=facts[key[0]],
            stage=key[1],
            stored=value,
            previous=previous.get(key),
            editable=is_editable(submission, value),
            field_return=returned[value.pk][0] if value and value.pk in returned else None,
            submitted=returned[value.pk][1] if value and value.pk in returned else None,
            last_year=last_year.get(key),
            peers=peers.get(key),
            period=period,
        )
        for key, value in written.items()
    }


def rules_between(slots: list[Slot]) -> Rulebook:
    """Return the rules about the facts of one return (1 query, two more once a rule has changed)."""
    return kept_rules().about({slot.element.pk for slot in slots})


def peers_at(period: Period, organisation: Organisation, facts: Iterable[DataElement]) -> dict[Key, Spread]:
    """Return how the other schools of the type stood at those of the facts that are figures (1 query)."""
    elements = {fact.pk for fact in facts if fact.value_type in FIGURES}
    if not organisation.is_school or not elements:
        return {}
    return peers_of(period=period, organisation=organisation, elements=elements)


def open_returns(
    submission: Submission | None, elements: Collection[int] | None = None
) -> dict[int, tuple[FieldReturn, FactValue | None]]:
    """Return by value what was returned and is open, and what was handed in before that (2 queries at most).

    `returns` is the reviews app's side of the relation.
    """
    if submission is None or submission.status not in CORRECTED | {SubmissionStatus.SIGNING}:
        return {}
    related: Any = DataValue._meta.get_field("returns").related_model
    found = related.objects.filter(value__submission=submission, resolved_at__isnull=True)
    if elements is not None:
        found = found.filter(value__element__in=elements)
    returns = {row.value_id: row for row in found.select_related("review__office")}
    revisions = latest_revisions(returns) if returns else {}
    return {pk: (row, value_of(revisions[pk]) if pk in revisions else None) for pk, row in returns.items()}


def is_editable(submission: Submission | None, value: DataValue | None) -> bool:
    """Tell whether an owed fact may be written, as it is stored now."""
    status = submission.status if submission else SubmissionStatus.DRAFT
    return may_be_written(status, value) if value else status in WRITABLE


class Stored(Protocol):
    """What of a stored fact decides whether it may be written."""

    @property
    def source(self) -> str: ...
    @property
    def is_open(self) -> bool: ...


def may_be_written(status: str, value: Stored) -> bool:
    """Tell whether a stored fact may be written: a draft unless another system told it, later an open one."""
    if status == SubmissionStatus.DRAFT:
        return not value.source
    return status in CORRECTED and value.is_open
