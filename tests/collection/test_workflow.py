import datetime as dt
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from apps.collection.enums import SubmissionStatus
from apps.collection.errors import WorkflowError
from apps.collection.models import Submission
from apps.collection.services import (
    submission_send_back,
    submission_submit,
    submission_transition,
    submission_withdraw,
    values_accept,
)
from apps.collection.services.workflow import ALLOWED
from apps.collection.signals import submission_submitted
from apps.collection.timeliness import timeliness_of
from apps.core import clock
from apps.organisations.models import Organisation
from apps.reviews.models import OfficeReview
from apps.reviews.services import review_accept
from tests.support.returns import (
    IN_QUARTER_2,
    QUARTER_2,
    accept_all,
    make_district,
    review_of,
    submit,
    write,
)

STEPS = [(before, after) for before in SubmissionStatus for after in SubmissionStatus]


def put(submission, status):
    """Put a submitted return straight into a status."""
    Submission.objects.filter(pk=submission.pk).update(status=status)


@pytest.mark.parametrize(("before", "after"), STEPS)
def test_every_step_is_allowed_or_refused_as_the_table_says(district, before, after):
    submission = submit(district, 2)
    put(submission, before)
    events = submission.events.count()
    if after in ALLOWED[before]:
        moved = submission_transition(submission=submission, to=after, by=district.reporter, note="因故")
        last = submission.events.last()
        assert (moved.status, moved.version) == (after, submission.version)
        assert (last.from_status, last.to_status, last.by, last.note) == (
            before,
            after,
            district.reporter,
            "因故",
        )
        assert last.business_date == IN_QUARTER_2
    else:
        with pytest.raises(WorkflowError):
            submission_transition(submission=submission, to=after, by=district.reporter)
        assert (Submission.objects.get(pk=submission.pk).status, submission.events.count()) == (
            before,
            events,
        )


def test_submitting_keeps_a_revision_of_each_fact(district):
    submission = submit(district, 2)
    assert (submission.status, submission.submitted_on) == ("submitted", IN_QUARTER_2)
    assert sorted(submission.values.values_list("element__code", "revisions__number_in_order")) == sorted(
        (code, 1) for code in QUARTER_2
    )


def test_a_failing_receiver_undoes_the_submitting(district):
    def fail(**kwargs):
        raise RuntimeError

    submission = write(district, 2, QUARTER_2)
    submission_submitted.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            submission_submit(submission=submission, by=district.reporter)
    finally:
        submission_submitted.disconnect(fail)
    submission = Submission.objects.get(pk=submission.pk)
    assert (submission.status, submission.events.count(), OfficeReview.objects.count()) == ("draft", 0, 0)


def test_accepting_takes_the_submitted_revision_and_only_the_named_elements(district):
    submission = submit(district, 2)
    count = values_accept(
        submission=submission, element_ids=[district.elements["pupils"].pk], by=district.health_user
    )
    accepted = submission.values.exclude(accepted_at=None).values_list("element__code", "accepted_number")
    assert (count, list(accepted)) == (1, [("pupils", 910)])
    revision = submission.values.get(element__code="pupils").revisions.get()
    assert (revision.accepted_by, revision.accepted_on) == (district.health_user, IN_QUARTER_2)


def test_with_sign_off_the_reporter_s_return_waits_for_the_principal(db):
    district = make_district(principal_sign_off=True)
    submission = submit(district, 2)
    assert (submission.status, OfficeReview.objects.count()) == ("signing", 0)
    with pytest.raises(PermissionDenied):
        submission_submit(submission=submission, by=district.reporter)
    submission_submit(submission=submission, by=district.principal)
    assert (submission.status, submission.submitted_by) == ("submitted", district.principal)


def test_the_principal_sends_back_with_a_reason_to_where_it_came_from(db):
    district = make_district(principal_sign_off=True)
    submission = submit(district, 2)
    with pytest.raises(PermissionDenied):
        submission_send_back(submission=submission, by=district.reporter, note="请核对")
    with pytest.raises(WorkflowError):
        submission_send_back(submission=submission, by=district.principal, note=" ")
    submission_send_back(submission=submission, by=district.principal, note="请核对")
    assert (submission.status, submission.events.last().note) == ("draft", "请核对")


def test_without_sign_off_either_submits(district):
    submission = write(district, 2, QUARTER_2)
    assert submission_submit(submission=submission, by=district.principal).status == "submitted"


def test_others_cannot_submit(district):
    submission = write(district, 2, QUARTER_2)
    with pytest.raises(PermissionDenied):
        submission_submit(submission=submission, by=district.health_user)


def test_a_return_is_taken_back_before_the_review_begins(district):
    submission = submit(district, 2)
    submission_withdraw(submission=submission, by=district.reporter)
    assert (submission.status, submission.submitted_on, submission.reviews.count()) == ("draft", None, 0)
    assert submission_submit(submission=submission, by=district.reporter).status == "submitted"


def test_it_is_not_taken_back_once_an_office_decided_or_the_period_closed(district):
    submission = submit(district, 2)
    with clock.held_at(dt.date(2025, 8, 1)), pytest.raises(WorkflowError):
        submission_withdraw(submission=submission, by=district.reporter)
    review_accept(review=review_of(submission, district.health), by=district.health_user)
    with pytest.raises(WorkflowError):
        submission_withdraw(submission=submission, by=district.reporter)
    assert (submission.status, submission.reviews.count()) == ("submitted", 2)


def test_a_late_return_is_taken_after_the_closing_too_and_stays_late(district):
    """What is missing is neither zero nor done: a figure that comes late is better than none."""
    with clock.held_at(dt.date(2025, 8, 1)):
        submission = submit(district, 2)
    assert (submission.status, submission.submitted_on) == ("submitted", dt.date(2025, 8, 1))
    accept_all(district, submission)
    schools = Organisation.objects.filter(pk=district.school.pk)
    rows = timeliness_of([district.periods[2]], organisations=schools, today=dt.date(2025, 8, 2))
    assert [(arrival.kind, arrival.days_late) for arrival in rows[0].arrivals] == [("late", 22)]


def test_a_correction_after_the_due_date_makes_nobody_late(district):
    from apps.reviews.services import review_reopen

    submission = accept_all(district, submit(district, 2))
    with clock.held_at(dt.date(2025, 9, 1)):
        review_reopen(review=review_of(submission, district.staff), by=district.staff_user, reason="更正")
        submission_submit(submission=submission, by=district.reporter)
    assert submission.submitted_on == IN_QUARTER_2


def _in_threads(*steps):
    """Run the steps at once, each on its own connection; return what each raised or None."""
    raised = [None] * len(steps)
    barrier = threading.Barrier(len(steps))

    def run(place, step):
        try:
            with clock.held_at(IN_QUARTER_2):
                barrier.wait()
                step()
        except Exception as error:
            raised[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=row) for row in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.mark.django_db(transaction=True)
def test_two_submit_at_once_and_one_is_refused():
    district = make_district()
    submission = write(district, 2, QUARTER_2)

    def step():
        submission_submit(submission=Submission.objects.get(pk=submission.pk), by=district.reporter)

    raised = _in_threads(step, step)
    assert sorted(type(error).__name__ for error in raised) == ["NoneType", "WorkflowError"]
    assert Submission.objects.get(pk=submission.pk).events.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_decide_at_once_and_the_second_is_told():
    district = make_district()
    submission = submit(district, 2)
    review = review_of(submission, district.health)

    def step():
        review_accept(review=OfficeReview.objects.get(pk=review.pk), by=district.health_user)

    refused = [error for error in _in_threads(step, step) if error]
    assert [type(error) for error in refused] == [WorkflowError]
    assert district.health_user.name in str(refused[0])


@pytest.mark.django_db(transaction=True)
def test_two_last_offices_accept_at_once_and_the_return_is_accepted():
    district = make_district()
    submission = submit(district, 2)
    health, staff = (review_of(submission, office) for office in (district.health, district.staff))
    raised = _in_threads(
        lambda: review_accept(review=health, by=district.health_user),
        lambda: review_accept(review=staff, by=district.staff_user),
    )
    assert raised == [None, None]
    submission.refresh_from_db()
    assert submission.status == "accepted"
    assert submission.values.filter(accepted_at=None).count() == 0
