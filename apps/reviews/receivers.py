"""What happens to the reviews when a return is submitted or taken back; inside that transaction."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Max
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.collection.errors import WorkflowError
from apps.collection.keys import Key
from apps.collection.models import DataValueRevision, Submission
from apps.collection.signals import submission_submitted, submission_withdrawn
from apps.core import clock
from apps.reviews.enums import ReviewStatus
from apps.reviews.models import FieldReturn, OfficeReview, ReviewClaim
from apps.reviews.parts import Part, parts_of


@receiver(submission_submitted)
def open_reviews(*, submission: Submission, **kwargs: Any) -> None:
    """Open a part for each office, and again each part that was sent back or whose facts changed."""
    now, today = timezone.now(), clock.today()
    FieldReturn.objects.filter(value__submission=submission, resolved_at__isnull=True).update(resolved_at=now)
    existing = {review.office_id: review for review in submission.reviews.select_for_update()}
    handed_in = _last_handed_in(submission)
    new = []
    for office_id, part in parts_of(submission).items():
        review = existing.get(office_id)
        if review is None:
            new.append(OfficeReview(submission=submission, office_id=office_id, waiting_since=today))
        elif _waits_again(review, part, handed_in):
            review.status, review.waiting_since, review.correct_by = ReviewStatus.WAITING, today, None
            review.save(update_fields=["status", "waiting_since", "correct_by"])
    OfficeReview.objects.bulk_create(new)


def _waits_again(review: OfficeReview, part: Part, handed_in: dict[Key, dt.datetime]) -> bool:
    if review.status != ReviewStatus.ACCEPTED or review.decided_at is None:
        return review.status != ReviewStatus.WAITING
    return any(handed_in[key] > review.decided_at for key in part.facts if key in handed_in)


def _last_handed_in(submission: Submission) -> dict[Key, dt.datetime]:
    """Return when each fact was last submitted with a new content."""
    rows = DataValueRevision.objects.filter(value__submission=submission).values_list(
        "value__element_id", "value__stage"
    )
    return {(element, stage): at for element, stage, at in rows.annotate(last=Max("submitted_at"))}


@receiver(submission_withdrawn)
def close_reviews(*, submission: Submission, **kwargs: Any) -> None:
    """Take the waiting parts away with the return; refuse once an office has decided."""
    reviews = submission.reviews.select_for_update()
    if any(review.decided_at is not None for review in reviews):
        raise WorkflowError(
            _("An office has begun to review this return; ask it to return the fact instead.")
        )
    claim = ReviewClaim.objects.filter(review__submission=submission, until__gt=timezone.now()).first()
    if claim is not None:
        text = _(
            "%(who)s is reading this return just now (until %(when)s); ask the office to return the fact."
        )
        when = timezone.localtime(claim.until).strftime("%H:%M")
        raise WorkflowError(text % {"who": claim.by.name, "when": when})
    submission.reviews.all().delete()
