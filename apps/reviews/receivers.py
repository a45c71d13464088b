"""What happens to the reviews when a return is submitted or taken back; inside that transaction."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.collection.errors import WorkflowError
from apps.collection.models import DataValueRevision, Submission
from apps.collection.signals import submission_submitted, submission_withdrawn
from apps.core import clock
from apps.reviews.enums import ReviewStatus
from apps.reviews.models import FieldReturn, OfficeReview
from apps.reviews.parts import Part, parts_of


@receiver(submission_submitted)
def open_reviews(*, submission: Submission, **kwargs: Any) -> None:
    """Open a part for each office, and again each part that was sent back or whose facts changed."""
    now, today = timezone.now(), clock.today()
    FieldReturn.objects.filter(value__submission=submission, resolved_at__isnull=True).update(resolved_at=now)
    existing = {review.office_id: review for review in submission.reviews.select_for_update()}
    changed = _facts_not_accepted(submission)
    for office_id, part in parts_of(submission).items():
        review = existing.get(office_id)
        if review is None:
            OfficeReview.objects.create(submission=submission, office_id=office_id, waiting_since=today)
        elif _waits_again(review, part, changed):
            review.status, review.waiting_since = ReviewStatus.WAITING, today
            review.save(update_fields=["status", "waiting_since"])


def _waits_again(review: OfficeReview, part: Part, changed: set[tuple[int, str]]) -> bool:
    if review.status == ReviewStatus.ACCEPTED:
        return bool(changed.intersection(part.facts))
    return review.status != ReviewStatus.WAITING


def _facts_not_accepted(submission: Submission) -> set[tuple[int, str]]:
    latest = (
        DataValueRevision.objects.filter(value__submission=submission)
        .order_by("value", "-number_in_order")
        .distinct("value")
        .values_list("value__element_id", "value__stage", "accepted_at")
    )
    return {(element, stage) for element, stage, accepted_at in latest if accepted_at is None}


@receiver(submission_withdrawn)
def close_reviews(*, submission: Submission, **kwargs: Any) -> None:
    """Take the waiting parts away with the return; refuse once an office has decided."""
    reviews = submission.reviews.select_for_update()
    if any(review.decided_at is not None for review in reviews):
        raise WorkflowError(
            _("An office has begun to review this return; ask it to return the fact instead.")
        )
    submission.reviews.all().delete()
