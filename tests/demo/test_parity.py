"""The bulk path against the real services: the same return, step by step, must leave the same rows."""

from collections import defaultdict

import pytest
from django.db import transaction

from apps.accounts.models import User
from apps.collection.facts import FactValue, input_text
from apps.collection.models import DataValue, DataValueRevision, RuleFiring, Submission, SubmissionEvent
from apps.collection.services import Entry, submission_start, submission_submit, values_save
from apps.core import clock
from apps.demo import collecting, story
from apps.demo.courses import play
from apps.demo.district import random_for
from apps.demo.returns import CORRECTED_NOTE, Return, Rows
from apps.demo.saving import rows_save
from apps.demo.story import Course
from apps.organisations.models import Organisation
from apps.reviews.models import FieldReturn, OfficeReview
from apps.reviews.parts import parts_of
from apps.reviews.services import FactReturn, review_accept, review_return

pytestmark = pytest.mark.django_db

COURSES = [Course.DRAFT, Course.WAITING, Course.PARTLY, Course.RETURNED, Course.CORRECTED, Course.ACCEPTED]
SHAPE = {
    Submission: ("status", "version", "submitted_on", "started_by__username", "submitted_by__username"),
    SubmissionEvent: ("from_status", "to_status", "by__username", "business_date", "note"),
    DataValue: (
        "element__code",
        "stage",
        "number",
        "text",
        "not_applicable",
        "reason",
        "typed",
        "version",
        "is_open",
        "updated_by__username",
        "accepted_number",
        "accepted_text",
        "accepted_not_applicable",
        "accepted_by__username",
    ),
    DataValueRevision: (
        "value__element__code",
        "value__stage",
        "number_in_order",
        "number",
        "not_applicable",
        "reason",
        "submitted_by__username",
        "accepted_by__username",
        "accepted_on",
    ),
    OfficeReview: ("office__code", "status", "waiting_since", "decided_by__username", "note"),
    RuleFiring: ("rule__kind", "value__element__code", "value__stage", "number", "reason"),
    FieldReturn: (
        "value__element__code",
        "value__stage",
        "review__office__code",
        "reason",
        "text",
        "returned_by__username",
    ),
}


def shape():
    found = {
        model.__name__: sorted(map(repr, model.objects.values_list(*names))) for model, names in SHAPE.items()
    }
    found["times"] = {
        "accepted": Submission.objects.filter(accepted_at__isnull=False).count(),
        "resolved": FieldReturn.objects.filter(resolved_at__isnull=False).count(),
        "decided": OfficeReview.objects.filter(decided_at__isnull=False).count(),
        "counting": DataValue.objects.filter(accepted_at__isnull=False).count(),
    }
    return found


@pytest.fixture
def script(planning, request):
    """The second quarter's return of a school: what it writes, who reads it, and the days of its course."""
    course, code = request.param
    people = collecting.People(
        reporters={
            user.organisation_id: user for user in User.objects.filter(role__in=["reporter", "office"])
        },
        reviewers={user.organisation_id: user for user in User.objects.filter(role="office")},
    )
    period = Organisation.objects.get(code=code).assignments.filter(period__quarter=2).first().period
    quarter = collecting.quarter_of(period, "reviewing", defaultdict(dict))
    organisation = next(one for one in quarter.organisations.values() if one.code == code)
    ties, facts = collecting.ties_between_facts(), quarter.facts[organisation.pk]
    quarter.explain()
    mistake = quarter.mistake(organisation, facts, ties, random_for("parity", code))
    days = story.days(code, period, course, story.business_date("complete"))
    return course, organisation, quarter, people, facts, mistake, ties.tied[mistake.key[0]], days


def in_bulk(course, organisation, quarter, people, facts, mistake, tied, days):
    made = Return(
        period=quarter.period,
        organisation=organisation,
        reporter=people.reporters[organisation.pk],
        reviewers=people.reviewers,
        parts=quarter.parts[organisation.pk],
        days=days,
        luck=random_for("parity"),
    )
    play(course, made, facts, mistake, tied)
    rows = Rows()
    made.save_to(rows)
    rows_save(rows)


def entry(fact):
    text = "" if fact.not_applicable else input_text(fact.element, FactValue(number=fact.number))
    return Entry(
        fact.element.pk, fact.stage, text=text, not_applicable=fact.not_applicable, reason=fact.reason
    )


def through_services(course, organisation, quarter, people, facts, mistake, tied, days):
    reporter = people.reporters[organisation.pk]
    is_returned = course in (Course.RETURNED, Course.CORRECTED)
    written = [mistake.wrong if is_returned and fact.key == mistake.key else fact for fact in facts]
    if course == Course.DRAFT:
        written = mistake.unfinished(facts)
    with clock.held_at(days.started):
        submission = submission_start(period=quarter.period, organisation=organisation, by=reporter)
        values_save(submission=submission, entries=map(entry, written), by=reporter)
    if course == Course.DRAFT:
        return
    with clock.held_at(days.submitted):
        submission_submit(submission=submission, by=reporter)
    if is_returned:
        send_back(submission, people, mistake, days)
    if course == Course.CORRECTED:
        right = next(fact for fact in facts if fact.key == mistake.key)
        with clock.held_at(days.resubmitted):
            values_save(submission=submission, entries=[entry(right)], by=reporter)
            submission_submit(submission=submission, by=reporter)
    reviews = list(submission.reviews.order_by("office_id"))
    accepting = {Course.PARTLY: reviews[:-1], Course.ACCEPTED: reviews, Course.CORRECTED: reviews}
    with clock.held_at(days.decided):
        for review in accepting.get(course, []):
            review_accept(review=review, by=people.reviewers[review.office_id])


def send_back(submission, people, mistake, days):
    offices = sorted(office for office, part in parts_of(submission).items() if mistake.key in part.facts)
    item = FactReturn(*mistake.key, reason=mistake.reason, text=mistake.text)
    with clock.held_at(days.returned):
        review = submission.reviews.get(office_id=offices[0])
        by = people.reviewers[offices[0]]
        review_return(review=review, returns=[item], by=by, note=CORRECTED_NOTE)


@pytest.mark.parametrize(
    "script",
    [(course, code) for code in ("3143990013", "430203-JIJIAO") for course in COURSES],
    indirect=True,
    ids=lambda value: f"{value[1]}-{value[0]}",
)
def test_both_ways_leave_the_same_rows(script):
    found = []
    for way in (in_bulk, through_services):
        with transaction.atomic():
            way(*script)
            found.append(shape())
            transaction.set_rollback(True)

    assert found[0] == found[1]
    assert found[0]["DataValue"]
