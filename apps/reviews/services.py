"""The decisions of a reviewing office about its part of a return.

Each locks the return's row first, then its own part, so that two reviewers never decide the same thing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.chasing.dispatching import emails_queue
from apps.collection.chasing.enums import NoticeKind
from apps.collection.chasing.notices import Told, notices_give
from apps.collection.chasing.policies import exceptions_of
from apps.collection.chasing.sending import send_after_commit
from apps.collection.chasing.workdays import workday_from
from apps.collection.enums import SubmissionStatus
from apps.collection.errors import WorkflowError
from apps.collection.facts import check_words, shown_text, value_of
from apps.collection.keys import Key
from apps.collection.models import DataValue, DataValueRevision, Submission
from apps.collection.services import facts_open, submission_transition, values_accept
from apps.collection.services.locking import locked
from apps.core import clock
from apps.core.templatetags.lusong import local_text
from apps.core.typed import Unreadable
from apps.plans.models import DataElement
from apps.reviews.enums import ReturnReason, ReviewStatus
from apps.reviews.models import FieldReturn, OfficeReview, ReviewClaim
from apps.reviews.parts import Parts, parts_of
from apps.reviews.signals import values_accepted

CORRECTION = dt.timedelta(days=3)


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
    _refuse_changed(current, version)
    _decide(current, ReviewStatus.ACCEPTED, by, note)
    element_ids = _ready_to_count(submission, parts_of(submission), current)
    values_accept(submission=submission, element_ids=element_ids, by=by)
    if not submission.reviews.exclude(status=ReviewStatus.ACCEPTED).exists():
        submission_transition(submission=submission, to=SubmissionStatus.ACCEPTED, by=by, note=note)
    values_accepted.send(Submission, submission=submission, element_ids=element_ids, by=by)
    return _reread(review)


def _ready_to_count(
    submission: Submission, parts: Parts, review: OfficeReview, *, deciding: bool = False
) -> list[int]:
    """Return the elements of the part that no other office still has to accept (`deciding`: but this one)."""
    waiting_ones = submission.reviews.exclude(status=ReviewStatus.ACCEPTED)
    if deciding:
        waiting_ones = waiting_ones.exclude(pk=review.pk)
    undecided = waiting_ones.values_list("office_id", flat=True)
    waiting = {element for office in undecided if office in parts for element in parts[office].element_ids}
    own = parts[review.office_id].element_ids if review.office_id in parts else set()
    return sorted(own - waiting)


@transaction.atomic
def review_return(
    *,
    review: OfficeReview,
    returns: Iterable[FactReturn],
    by: User,
    note: str = "",
    version: int | None = None,
    accept_rest: bool = False,
    correct_by: dt.date | None = None,
) -> OfficeReview:
    """Send facts of a part back to whoever reported them, each with a reason; they alone open for correction.

    Args:
        version: as for `review_accept`.
        accept_rest: let the other facts of the part count already, but for those tied to a returned one.
        correct_by: until when they are wanted back; in a few working days when not given.

    Raises:
        PermissionDenied, WorkflowError: as for `review_accept`; also when no fact or no reason is given.
    """
    submission, current = _claim(review, by, ReviewStatus.WAITING)
    _refuse_changed(current, version)
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
    current.correct_by = correct_by or default_correct_by(submission)
    if current.correct_by < clock.today():
        raise WorkflowError(_("The date for the correction lies in the past."))
    _decide(current, ReviewStatus.RETURNED, by, note)
    if accept_rest:
        _accept_rest(submission, current, by)
    if submission.status != SubmissionStatus.RETURNED:
        submission_transition(submission=submission, to=SubmissionStatus.RETURNED, by=by, note=note)
    _tell(NoticeKind.RETURNED, submission, by, note)
    return _reread(review)


def default_correct_by(submission: Submission) -> dt.date:
    """Return the working day by which a correction is wanted unless the reviewer says otherwise."""
    region_id = submission.organisation.region_id
    return workday_from(clock.today() + CORRECTION, exceptions_of(region_id))


def _accept_rest(submission: Submission, review: OfficeReview, by: User) -> None:
    """Let the facts that were not sent back count; an element with any open stage waits as a whole."""
    open_ones = set(submission.values.filter(is_open=True).values_list("element_id", flat=True))
    ready = [
        element
        for element in _ready_to_count(submission, parts_of(submission), review, deciding=True)
        if element not in open_ones
    ]
    if values_accept(submission=submission, element_ids=ready, by=by):
        values_accepted.send(Submission, submission=submission, element_ids=ready, by=by)


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
    _tell(NoticeKind.REOPENED, submission, by, reason)
    return _reread(review)


def _tell(kind: NoticeKind, submission: Submission, by: User, text: str) -> None:
    """Tell those who report, in the platform and by e-mail where that is set up."""
    told = Told(kind, submission.organisation_id, submission.period, text=text.strip(), by=by)
    if emails_queue(notices_give([told])):
        send_after_commit()


def _refuse_changed(review: OfficeReview, version: int | None) -> None:
    """Refuse a decision about other figures than the reviewer saw, and say which have changed."""
    if version is None or version == part_version(review):
        return
    changed = changes_since(review, version)
    names = _(", ").join(f"{local_text(one.element)} {one.before} → {one.after}" for one in changed[:5])
    text = _("The school submitted again since you opened this page. Look at the new figures first.")
    raise WorkflowError(f"{text} {names}".strip())


@dataclass(frozen=True)
class Changed:
    """A fact of the part that was submitted anew: what the reviewer saw, and what it is now."""

    element: DataElement
    before: str
    after: str


def changes_since(review: OfficeReview, version: int) -> list[Changed]:
    """Return the facts of the part submitted anew after `version` (4 queries)."""
    part = parts_of(review.submission).get(review.office_id)
    keys = set(part.facts) if part else set()
    found = DataValueRevision.objects.filter(value__submission=review.submission_id).select_related(
        "value__element"
    )
    seen: dict[int, DataValueRevision] = {}
    now: dict[int, DataValueRevision] = {}
    for revision in found.order_by("pk"):
        if (revision.value.element_id, revision.value.stage) in keys:
            (seen if revision.pk <= version else now)[revision.value_id] = revision
    return [
        Changed(
            element=revision.value.element,
            before=shown_text(revision.value.element, value_of(seen.get(pk))) or "–",
            after=shown_text(revision.value.element, value_of(revision)) or "–",
        )
        for pk, revision in now.items()
    ]


def part_version(review: OfficeReview) -> int:
    """Return a number that rises when a fact of the return is submitted anew (1 query)."""
    return part_versions([review])[review.submission_id]


def part_versions(reviews: Iterable[OfficeReview]) -> dict[int, int]:
    """Return the same for many parts, by submission id (1 query)."""
    found = {review.submission_id: 0 for review in reviews}
    rows = DataValueRevision.objects.filter(value__submission__in=found).order_by()
    return found | dict(rows.values_list("value__submission").annotate(last=Max("pk")))


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
    if status != ReviewStatus.RETURNED:
        review.correct_by = None
    review.save(update_fields=["status", "decided_by", "decided_at", "note", "correct_by"])
    ReviewClaim.objects.filter(review=review).delete()


def _reread(review: OfficeReview) -> OfficeReview:
    review.refresh_from_db()
    return review
