"""How much of each waiting part needs a look: facts, changed, unusual ones. Constant queries for a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from apps.collection.checks import flags_of
from apps.collection.facts import FactValue, accepted_of, value_of
from apps.collection.keys import Key
from apps.collection.models import DataValue, DataValueRevision, Submission
from apps.collection.slots import Previous
from apps.reviews.models import OfficeReview
from apps.reviews.parts import parts_of_many


@dataclass
class Counts:
    """Of one office's part."""

    facts: int = 0
    changed: int = 0
    flagged: int = 0


Handed = dict[int, dict[Key, DataValueRevision]]
Accepted = dict[tuple[int, int, str], list[DataValue]]


def counts_of(reviews: Sequence[OfficeReview]) -> dict[int, Counts]:
    """Return the counts by review id (4 queries).

    Args:
        reviews: with submission.organisation and submission.period.plan.policy at hand.
    """
    submissions = {review.submission_id: review.submission for review in reviews}
    if not submissions:
        return {}
    parts = parts_of_many(submissions.values())
    handed_in = _handed_in(submissions)
    accepted = _accepted_before(submissions)
    found = {}
    for review in reviews:
        counts = found[review.pk] = Counts()
        part = parts[review.submission_id].get(review.office_id)
        for key in part.facts if part else ():
            revision = handed_in[review.submission_id].get(key)
            _count(counts, review.submission, key, revision, accepted)
    return found


def _count(
    counts: Counts, submission: Submission, key: Key, revision: DataValueRevision | None, accepted: Accepted
) -> None:
    counts.facts += 1
    if revision is None:
        return
    value = value_of(revision)
    previous = _previous(submission, key, accepted)
    before: FactValue | None = accepted_of(revision.value) or (previous.value if previous else None)
    counts.changed += before is None or not value.same_as(before)
    counts.flagged += bool(value.not_applicable or flags_of(revision.value.element, value, previous))


def _previous(submission: Submission, key: Key, accepted: Accepted) -> Previous | None:
    """Return the newest accepted value before the submission's period."""
    for value in accepted.get((submission.organisation_id, *key), []):
        if value.submission.period.ends_on < submission.period.ends_on:
            return Previous(accepted_of(value) or FactValue(), value.submission.period)
    return None


def _handed_in(submissions: dict[int, Submission]) -> Handed:
    revisions = (
        DataValueRevision.objects.filter(value__submission__in=submissions)
        .select_related("value__element")
        .order_by("value_id", "-number_in_order")
        .distinct("value_id")
    )
    found: Handed = defaultdict(dict)
    for revision in revisions:
        value = revision.value
        found[value.submission_id][value.element_id, value.stage] = revision
    return found


def _accepted_before(submissions: dict[int, Submission]) -> Accepted:
    values = (
        DataValue.objects.filter(
            submission__organisation__in={each.organisation_id for each in submissions.values()},
            submission__period__ends_on__lt=max(each.period.ends_on for each in submissions.values()),
            accepted_at__isnull=False,
        )
        .select_related("submission__period")
        .order_by("-submission__period__ends_on")
    )
    found: Accepted = defaultdict(list)
    for value in values:
        found[value.submission.organisation_id, value.element_id, value.stage].append(value)
    return found
