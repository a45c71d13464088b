"""What the reviewing offices do to the facts: let them count, or open them for correction."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.collection.models import DataValue, DataValueRevision, Submission
from apps.collection.revisions import latest_revisions
from apps.collection.services.locking import locked
from apps.core import clock
from apps.plans.models import FactRule

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
    rules = list(FactRule.objects.values_list("left_id", "right_id"))
    tied = {(right, stage) for element, stage in keys for left, right in rules if left == element}
    tied |= {(left, stage) for element, stage in keys for left, right in rules if right == element}
    chosen = [value.pk for value in submission.values.all() if (value.element_id, value.stage) in keys | tied]
    return submission.values.filter(pk__in=chosen, is_open=False).update(is_open=True)
