"""What the reviewing offices do to the facts: let them count, or open them for correction."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.collection.keys import Key
from apps.collection.models import DataValue, DataValueRevision, Submission
from apps.collection.revisions import latest_revisions
from apps.collection.rules.book import rulebook
from apps.collection.services.locking import locked
from apps.core import clock

ACCEPTED_FIELDS = (
    "accepted_number",
    "accepted_date",
    "accepted_text",
    "accepted_not_applicable",
    "accepted_at",
    "accepted_by",
)


@transaction.atomic
def values_accept(*, submission: Submission, element_ids: Iterable[int], by: User) -> int:
    """Let the facts of these elements count, as they were last submitted; return how many changed.

    Whether `by` may accept them is the caller's to check (reviews).
    """
    locked(submission)
    values = list(
        DataValue.objects.filter(submission=submission, element__in=list(element_ids)).order_by("pk")
    )
    revisions = latest_revisions(values)
    now = timezone.now()
    taken = []
    for value in values:
        revision = revisions.get(value.pk)
        if revision is None or revision.accepted_at is not None:
            continue
        value.accepted_number, value.accepted_date = revision.number, revision.date
        value.accepted_text, value.accepted_not_applicable = revision.text, revision.not_applicable
        value.accepted_at, value.accepted_by = now, by
        taken.append(value)
    DataValue.objects.bulk_update(taken, ACCEPTED_FIELDS) if taken else None
    DataValueRevision.objects.filter(pk__in=[revisions[value.pk].pk for value in taken]).update(
        accepted_by=by, accepted_at=now, accepted_on=clock.today()
    )
    return len(taken)


@transaction.atomic
def facts_open(*, submission: Submission, values: Iterable[DataValue], by: User) -> int:
    """Open facts for correction, with those that a rule ties to them; return how many are newly open."""
    locked(submission)
    keys = {(value.element_id, value.stage) for value in values}
    values_of_return = list(submission.values.select_related("element"))
    codes = {value.element.code: value.element_id for value in values_of_return}
    tied: set[Key] = set()
    for rule in rulebook(codes.values()).between:
        facts = {rule.element_id, rule.other_id, *(codes.get(code) for code in rule.addends)}
        tied |= {
            (fact, stage) for element, stage in keys if element in facts for fact in facts if fact is not None
        }
    chosen = [value.pk for value in values_of_return if (value.element_id, value.stage) in keys | tied]
    return submission.values.filter(pk__in=chosen, is_open=False).update(is_open=True)
