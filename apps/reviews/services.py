"""The decisions of a reviewing office about its part of a return.

Each locks the return's row first, then its own part, so that two reviewers never decide the same thing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.enums import SubmissionStatus
from apps.collection.errors import WorkflowError
from apps.collection.facts import check_words
from apps.collection.keys import Key
from apps.collection.models import DataValue, DataValueRevision, Submission
from apps.collection.services import facts_open, submission_transition, values_accept
from apps.collection.services.locking import locked
from apps.core.typed import Unreadable
from apps.reviews.enums import ReturnReason, ReviewStatus
from apps.reviews.models import FieldReturn, OfficeReview
from apps.reviews.parts import Parts, parts_of
from apps.reviews.signals import values_accepted


@dataclass(frozen=True)
class FactReturn:
    """One fact to send back, with the reason and what to do."""

    element_id: int
    stage: str
    reason: str
    text: str = ""

    @property
    def key(self) -> Key:
        return (self.element_id, self.stage)


@transaction.atomic
def review_accept(
    *, review: OfficeReview, by: User, note: str = "", version: int | None = None
) -> OfficeReview:
    """Accept an office's part. A fact whose stages belong to different offices counts once all have accepted.

    Args:
        version: `part_version` the reviewer saw; None skips the check.

    Raises:
        PermissionDenied: `by` may not decide about this part (own figures, another office).
        WorkflowError: it is decided already, or the return changed meanwhile.
    """
    submission, current = _claim(review, by, ReviewStatus.WAITING)
    if version is not None and version != part_version(current):
        raise WorkflowError(
            _("The school submitted again since you opened this page. Look at the new figures first.")
        )
    _decide(current, ReviewStatus.ACCEPTED, by, note)
    element_ids = _ready_to_count(submission, parts_of(submission), current)
    values_accept(submission=submission, element_ids=element_ids, by=by)
    if not submission.reviews.exclude(status=ReviewStatus.ACCEPTED).exists():
        submission_transition(submission=submission, to=SubmissionStatus.ACCEPTED, by=by, note=note)
    values_accepted.send(Submission, submission=submission, element_ids=element_ids, by=by)
    return _reread(review)


def _ready_to_count(submission: Submission, parts: Parts, review: OfficeReview) -> list[int]:
    """Return the elements of the part that no other office still has to accept."""
    undecided = submission.reviews.exclude(status=ReviewStatus.ACCEPTED).values_list("office_id", flat=True)
    waiting = {element for office in undecided if office in parts for element in parts[office].element_ids}
    own = parts[review.office_id].element_ids if review.office_id in parts else set()
    return sorted(own - waiting)


@transaction.atomic
def review_return(
    *, review: OfficeReview, returns: Iterable[FactReturn], by: User, note: str = ""
) -> OfficeReview:
    """Send facts of a part back to whoever reported them, each with a reason; they alone open for correction.

    Raises:
        PermissionDenied, WorkflowError: as for `review_accept`; also when no fact or no reason is given.
    """
    submission, current = _claim(review, by, ReviewStatus.WAITING)
    chosen = {item.key: item for item in returns}
    values = _returned_values(submission, current, chosen)
    already = set(
        FieldReturn.objects.filter(value__in=values, resolved_at__isnull=True).values_list(
            "value_id", flat=True
        )
    )
    FieldReturn.objects.bulk_create(
        FieldReturn(review=current, value=value, reason=item.reason, text=item.text.strip(), returned_by=by)
        for value in values
        if value.pk not in already and (item := chosen[value.element_id, value.stage])
    )
    facts_open(submission=submission, values=values, by=by)
    _decide(current, ReviewStatus.RETURNED, by, note)
    if submission.status != SubmissionStatus.RETURNED:
        submission_transition(submission=submission, to=SubmissionStatus.RETURNED, by=by, note=note)
    return _reread(review)


def _returned_values(
    submission: Submission, review: OfficeReview, chosen: dict[Key, FactReturn]
) -> list[DataValue]:
    if not chosen:
        raise WorkflowError(_("Choose at least one fact to return."))
    for item in chosen.values():
        _check_reason(item)
    part = parts_of(submission).get(review.office_id)
    if part is None or not set(chosen) <= set(part.facts):
        raise WorkflowError(_("A chosen fact does not belong to this part."))
    values = [value for value in submission.values.all() if (value.element_id, value.stage) in chosen]
    if len(values) != len(chosen):
        raise WorkflowError(_("A chosen fact does not belong to this part."))
    return values


def _check_reason(item: FactReturn) -> None:
    if item.reason not in ReturnReason.values:
        raise WorkflowError(_("Choose a reason for each returned fact."))
    if item.reason == ReturnReason.OTHER and not item.text.strip():
        raise WorkflowError(_("For the reason “Other”, say what should be done."))
    try:
        check_words(item.text)
    except Unreadable as refusal:
        raise WorkflowError(refusal.message) from refusal


@transaction.atomic
def review_reopen(*, review: OfficeReview, by: User, reason: str) -> OfficeReview:
    """Open an accepted part for a correction. What was accepted counts until the correction is accepted.

    Raises:
        PermissionDenied, WorkflowError: as for `review_accept`; also without a reason.
    """
    submission, current = _claim(review, by, ReviewStatus.ACCEPTED)
    if not reason.strip():
        raise WorkflowError(_("Give the reason for reopening."))
    part = parts_of(submission).get(current.office_id)
    values = [
        value for value in submission.values.all() if part and (value.element_id, value.stage) in part.facts
    ]
    facts_open(submission=submission, values=values, by=by)
    _decide(current, ReviewStatus.REOPENED, by, reason.strip())
    if submission.status in (SubmissionStatus.ACCEPTED, SubmissionStatus.SUBMITTED):
        submission_transition(submission=submission, to=SubmissionStatus.REOPENED, by=by, note=reason.strip())
    return _reread(review)


def part_version(review: OfficeReview) -> int:
    """Return a number that rises when a fact of the return is submitted anew (1 query)."""
    revisions = DataValueRevision.objects.filter(value__submission=review.submission_id)
    return revisions.aggregate(last=Max("pk"))["last"] or 0


def _claim(review: OfficeReview, by: User, expected: ReviewStatus) -> tuple[Submission, OfficeReview]:
    """Lock the return and the part, and check that `by` may decide and nobody has done so already."""
    submission = locked(review.submission)
    current = (
        OfficeReview.objects.select_for_update(of=("self",)).select_related("decided_by").get(pk=review.pk)
    )
    if not OfficeReview.objects.decidable_by(by).filter(pk=current.pk).exists():
        raise PermissionDenied
    if current.status != expected:
        raise WorkflowError(_decided_text(current))
    return submission, current


def _decided_text(review: OfficeReview) -> str:
    if review.decided_by is None or review.status == ReviewStatus.WAITING:
        return _("This part is waiting for review; there is nothing to reopen.")
    text = _("%(who)s has already decided about this part at %(when)s: %(status)s.")
    when = timezone.localtime(review.decided_at).strftime("%m-%d %H:%M")
    return text % {"who": review.decided_by.name, "when": when, "status": review.get_status_display()}


def _decide(review: OfficeReview, status: ReviewStatus, by: User, note: str) -> None:
    review.status, review.decided_by, review.decided_at, review.note = (
        status,
        by,
        timezone.now(),
        note.strip(),
    )
    review.save(update_fields=["status", "decided_by", "decided_at", "note"])


def _reread(review: OfficeReview) -> OfficeReview:
    review.refresh_from_db()
    return review
