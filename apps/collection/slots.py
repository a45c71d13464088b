"""The facts an organisation owes for a period: what is written, what counted before, what was returned.

A constant number of queries, whatever the number of facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.collection.enums import SubmissionStatus
from apps.collection.facts import FactValue, accepted_of, value_of
from apps.collection.keys import Key, key_text
from apps.collection.models import Assignment, DataValue, Period, Submission
from apps.collection.revisions import latest_revisions
from apps.organisations.models import Organisation
from apps.plans.models import DataElement, FactRule

if TYPE_CHECKING:
    from apps.reviews.models import FieldReturn

CORRECTED = frozenset({SubmissionStatus.RETURNED, SubmissionStatus.REOPENED})


@dataclass(frozen=True)
class Previous:
    """The last accepted value before this period, and of which period it is."""

    value: FactValue
    period: Period


@dataclass
class Slot:
    """One owed fact. `field_return`: the open return of it; `submitted`: what was handed in before that."""

    element: DataElement
    stage: str
    stored: DataValue | None
    previous: Previous | None
    editable: bool
    field_return: FieldReturn | None = None
    submitted: FactValue | None = None

    @property
    def key(self) -> Key:
        return (self.element.pk, self.stage)

    @property
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


def slots_of(*, period: Period, organisation: Organisation, submission: Submission | None) -> list[Slot]:
    """Return the owed facts in the order of their elements (3 queries, 5 while it is corrected)."""
    assignments = (
        Assignment.objects.filter(period=period, organisation=organisation, withdrawn_on__isnull=True)
        .select_related("element")
        .order_by("element__position", "element__code", "stage")
    )
    stored = _stored(submission)
    previous = _previous(period, organisation)
    returns = _open_returns(submission)
    revisions = latest_revisions(returns) if returns else {}
    return [
        Slot(
            element=assignment.element,
            stage=assignment.stage,
            stored=(value := stored.get((assignment.element_id, assignment.stage))),
            previous=previous.get((assignment.element_id, assignment.stage)),
            editable=_is_editable(submission, value),
            field_return=returns.get(value.pk) if value else None,
            submitted=value_of(revisions[value.pk]) if value and value.pk in revisions else None,
        )
        for assignment in assignments
    ]


def rules_between(slots: list[Slot]) -> list[FactRule]:
    """Return the rules between the facts of one return (1 query)."""
    elements = {slot.element.pk for slot in slots}
    return list(
        FactRule.objects.filter(left__in=elements, right__in=elements).select_related("left", "right")
    )


def _stored(submission: Submission | None) -> dict[Key, DataValue]:
    if submission is None:
        return {}
    return {(value.element_id, value.stage): value for value in submission.values.all()}


def _previous(period: Period, organisation: Organisation) -> dict[Key, Previous]:
    accepted = (
        DataValue.objects.filter(
            submission__organisation=organisation,
            submission__period__plan__region=period.plan.region_id,
            submission__period__ends_on__lt=period.ends_on,
            accepted_at__isnull=False,
        )
        .select_related("submission__period__plan")
        .order_by("element_id", "stage", "-submission__period__ends_on")
        .distinct("element_id", "stage")
    )
    return {
        (value.element_id, value.stage): Previous(accepted_of(value) or FactValue(), value.submission.period)
        for value in accepted
    }


def _open_returns(submission: Submission | None) -> dict[int, FieldReturn]:
    """Return the open field returns by value; `returns` is the reviews app's side of the relation."""
    if submission is None or submission.status not in CORRECTED | {SubmissionStatus.SIGNING}:
        return {}
    related: Any = DataValue._meta.get_field("returns").related_model
    found = related.objects.filter(value__submission=submission, resolved_at__isnull=True)
    return {row.value_id: row for row in found.select_related("review__office")}


def _is_editable(submission: Submission | None, value: DataValue | None) -> bool:
    if submission is None or submission.status == SubmissionStatus.DRAFT:
        return value is None or not value.source
    if submission.status in CORRECTED:
        return value is None or value.is_open
    return False
