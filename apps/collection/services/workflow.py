"""The steps of a return: submit, sign, send back, withdraw; and the one function that changes its status."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.accounts.models import User
from apps.accounts.permissions import is_reporter
from apps.collection.enums import SubmissionStatus as Status
from apps.collection.errors import Incomplete, WorkflowError
from apps.collection.evidence.required import without_file
from apps.collection.facts import value_of
from apps.collection.models import DataValueRevision, Submission, SubmissionEvent
from apps.collection.permissions import reports_for, signs_for
from apps.collection.revisions import latest_revisions
from apps.collection.rules.assessing import assess
from apps.collection.rules.firings import firings_note
from apps.collection.sealing.forms import form_seal
from apps.collection.services.locking import locked
from apps.collection.signals import submission_submitted, submission_withdrawn
from apps.collection.slots import Slot
from apps.core import clock
from apps.core.templatetags.lusong import local_text

ALLOWED = {
    Status.DRAFT: {Status.SIGNING, Status.SUBMITTED},
    Status.SIGNING: {Status.DRAFT, Status.RETURNED, Status.REOPENED, Status.SUBMITTED},
    Status.SUBMITTED: {Status.DRAFT, Status.RETURNED, Status.REOPENED, Status.ACCEPTED},
    Status.RETURNED: {Status.SIGNING, Status.SUBMITTED},
    Status.ACCEPTED: {Status.REOPENED},
    Status.REOPENED: {Status.SIGNING, Status.SUBMITTED, Status.RETURNED},
}


@transaction.atomic
def submission_transition(*, submission: Submission, to: str, by: User, note: str = "") -> Submission:
    """Change a return's status: locks it, checks the step, writes the event, raises the version.

    Whether `by` may take the step is the caller's to check. Returns the return as it is now.

    Raises:
        WorkflowError: the step is not possible from the present status.
    """
    current = locked(submission)
    before, after = Status(current.status), Status(to)
    if after not in ALLOWED[before]:
        raise WorkflowError(_step_text(before, after))
    current.status, current.version = after, current.version + 1
    _date_the_step(current, after, by)
    current.save()
    SubmissionEvent.objects.create(
        submission=current, from_status=before, to_status=after, by=by, note=note, business_date=clock.today()
    )
    submission.refresh_from_db()
    return current


def _step_text(before: Status, after: Status) -> str:
    text = _(
        "“%(before)s” cannot become “%(after)s”. Somebody may have changed it meanwhile; reload the page."
    )
    return text % {"before": before.label, "after": after.label}


def _date_the_step(submission: Submission, to: Status, by: User) -> None:
    """`submitted_on` stays the day it first arrived: a later correction makes nobody late."""
    now = timezone.now()
    if to == Status.SUBMITTED:
        submission.submitted_by, submission.submitted_at = by, now
        submission.submitted_on = submission.submitted_on or clock.today()
    elif to == Status.DRAFT:
        submission.submitted_by = submission.submitted_at = submission.submitted_on = None
    elif to == Status.ACCEPTED:
        submission.accepted_at = now


def submission_submit(*, submission: Submission, by: User) -> Submission:
    """Hand a return in, or to the principal first where the policy asks for that and a reporter submits.

    What the rules found is written down either way, so that the bureau sees how often each is right.

    Raises:
        PermissionDenied: `by` does not report for the organisation, or is not the principal who has to sign.
        Incomplete: facts are missing, unreadable, impossible or unusual without a reason.
        WorkflowError: the return is not open for submitting.
    """
    with transaction.atomic():
        current = locked(submission)
        if not reports_for(by, current.organisation):
            raise PermissionDenied
        if current.status == Status.SIGNING and not signs_for(by, current.organisation):
            raise PermissionDenied
        _refuse_step(current, by)
        assessment = assess(current)
        firings_note(submission=current, fired=assessment.fired)
        if not assessment.stands_in_the_way:
            _refuse_without_file(current, assessment.slots)
            return _hand_in(submission, current, by)
    raise Incomplete(assessment.problems, assessment.form_problems)


def _next_status(submission: Submission, by: User) -> Status:
    signs_first = is_reporter(by) and submission.period.plan.policy.principal_sign_off
    return Status.SIGNING if signs_first else Status.SUBMITTED


def _refuse_step(submission: Submission, by: User) -> None:
    before, after = Status(submission.status), _next_status(submission, by)
    if after not in ALLOWED[before]:
        raise WorkflowError(_step_text(before, after))


def _hand_in(submission: Submission, current: Submission, by: User) -> Submission:
    """Take the step; the facts are kept as they were handed in before the event that hands them in."""
    after = _next_status(current, by)
    if after == Status.SIGNING:
        return submission_transition(submission=submission, to=after, by=by)
    _revise(current, by)
    current = submission_transition(submission=submission, to=after, by=by, note=current.remark)
    form_seal(current)
    submission_submitted.send(Submission, submission=current, by=by)
    return current


def _refuse_without_file(submission: Submission, slots: list[Slot]) -> None:
    if missing := without_file(submission, slots):
        names = pgettext("between things in a row", ", ").join(
            f"“{local_text(element)}”" for element in missing
        )
        raise WorkflowError(_("Add a file first, and say that it belongs to %(names)s.") % {"names": names})


def _revise(submission: Submission, by: User) -> None:
    """Keep each fact as it was submitted, where it differs from the last time; close all for writing."""
    values = list(submission.values.order_by("pk"))
    latest = latest_revisions(values)
    DataValueRevision.objects.bulk_create(
        DataValueRevision(
            value=value,
            number_in_order=latest[value.pk].number_in_order + 1 if value.pk in latest else 1,
            number=value.number,
            date=value.date,
            text=value.text,
            not_applicable=value.not_applicable,
            reason=value.reason,
            submitted_by=by,
        )
        for value in values
        if value.pk not in latest or value_of(value) != value_of(latest[value.pk])
    )
    submission.values.filter(is_open=True).update(is_open=False)


@transaction.atomic
def submission_send_back(*, submission: Submission, by: User, note: str) -> Submission:
    """The principal does not sign but gives the return back to the reporter, saying why."""
    current = locked(submission)
    if not signs_for(by, current.organisation):
        raise PermissionDenied
    if current.status != Status.SIGNING:
        raise WorkflowError(_("This return is not waiting for a signature."))
    if not note.strip():
        raise WorkflowError(_("Say what should be changed."))
    signing = current.events.filter(to_status=Status.SIGNING).order_by("-pk").first()
    came_from = signing.from_status if signing else Status.DRAFT
    return submission_transition(submission=submission, to=came_from, by=by, note=note.strip())


@transaction.atomic
def submission_withdraw(*, submission: Submission, by: User, note: str = "") -> Submission:
    """Take a submitted return back while no office has begun to review it."""
    current = locked(submission)
    if not reports_for(by, current.organisation):
        raise PermissionDenied
    if current.status != Status.SUBMITTED or clock.today() > current.period.closes_on:
        raise WorkflowError(_("This return can no longer be withdrawn; ask the office to return it."))
    submission_withdrawn.send(Submission, submission=current, by=by)
    return submission_transition(submission=submission, to=Status.DRAFT, by=by, note=note)
