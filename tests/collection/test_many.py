"""Many returns at once: what a file leaves behind is what the form would have left, rows and events."""

import pghistory
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.collection.errors import WorkflowError
from apps.collection.models import Assignment, DataValue, DataValueHistory, Submission, SubmissionHistory
from apps.collection.services import Entry, storing, submission_start, values_save
from apps.collection.services.entries import KnownTexts
from apps.collection.services.many import drafts_save
from tests.factories import SchoolFactory, UserFactory

TEXTS = st.sampled_from(["12", "１２人", "约5", "", "不适用", "3.5", "\\N约", "-1", "999999999999999999"])
REASONS = st.sampled_from(["", " ", "转学", "甲\t乙\\丙\n丁", "\\N", "问13812345678", "长" * 301])
CODES = ["pupils", "placed", "certified", "visits", "myopic", "screened", "budget"]
CELLS = st.dictionaries(
    st.tuples(st.sampled_from(CODES), st.sampled_from(["whole", "primary", "junior"])),
    st.tuples(TEXTS, st.booleans(), REASONS),
    min_size=1,
    max_size=8,
)
STATUSES = st.sampled_from([None, "draft", "submitted", "returned", "accepted"])
EVENT = {"request": "ab12", "address": "192.0.2.7"}
FACT = ("number", "date", "text", "not_applicable", "reason", "typed", "source", "source_on", "is_open")
RESTING = ("accepted_number", "accepted_date", "accepted_text", "accepted_not_applicable", "accepted_at")
VALUE = ("element__code", "stage", *FACT, *RESTING, "version", "updated_by_id")
WHERE = "submission__organisation_id"


def prepare(district, status, organisation):
    """A return in some state: one fact as the school wrote it, one unreadable, one of another system."""
    if status is None:
        return
    stamps = {"submitted_by": district.reporter, "submitted_at": timezone.now(), "submitted_on": "2025-07-02"}
    submission = Submission.objects.create(
        period=district.periods[2],
        organisation=organisation,
        status=status,
        version=4,
        **({} if status == "draft" else stamps),
    )
    rows = {
        "pupils": {"number": 12, "is_open": True},
        "placed": {"typed": "约5"},
        "certified": {"number": 12, "source": "学籍系统", "source_on": "2025-03-01"},
    }
    for code, fields in rows.items():
        DataValue.objects.create(
            submission=submission,
            element=district.elements[code],
            stage="whole",
            version=2,
            updated_by=district.reporter,
            **fields,
        )


def dump(by):
    events = DataValueHistory.objects.filter(pgh_context__metadata__user=by.pk)
    told = "pgh_context__metadata"
    return (
        sorted(DataValue.objects.values_list(WHERE, *VALUE), key=repr),
        sorted(events.values_list("pgh_label", WHERE, *VALUE, told), key=repr),
    )


def returns(by):
    events = SubmissionHistory.objects.filter(pgh_context__metadata__user=by.pk)
    fields = ("organisation_id", "status", "version", "started_by_id", "submitted_on", "remark")
    return (
        sorted(Submission.objects.values_list(*fields), key=repr),
        sorted(events.values_list("pgh_label", *fields, "pgh_context__metadata"), key=repr),
    )


def entries_of(district, cells):
    return [
        Entry(district.elements[code].pk, stage, text, not_applicable, reason)
        for (code, stage), (text, not_applicable, reason) in cells.items()
    ]


def save_all(district, cells, by):
    """Save as an import does; return problems and refusals."""
    entries = {school: entries_of(district, each) for school, each in cells.items()}
    saved = drafts_save(period=district.periods[2], entries=entries, by=by, read=KnownTexts())
    problems = {
        school.pk: {key: problem.message for key, problem in saved.outcomes[school.pk].problems.items()}
        for school in cells
        if school.pk in saved.outcomes
    }
    return problems, saved.refused


def save_each(district, cells, by, *, one_by_one):
    """Save as the form does, organisation by organisation or even fact by fact."""
    problems, refused = {}, {}
    for school, each in cells.items():
        entries = entries_of(district, each)
        try:
            with transaction.atomic():
                submission = submission_start(period=district.periods[2], organisation=school, by=by)
                found = problems[school.pk] = {}
                for part in [[one] for one in entries] if one_by_one else [entries]:
                    outcome = values_save(submission=submission, entries=part, by=by)
                    found |= {key: problem.message for key, problem in outcome.problems.items()}
        except WorkflowError as refusal:
            del problems[school.pk]
            refused[school.pk] = str(refusal)
    return problems, refused


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=CELLS, second=CELLS, states=st.tuples(STATUSES, STATUSES), many=st.sampled_from([1, storing.MANY])
)
def test_an_import_is_what_the_form_would_save(district, monkeypatch, first, second, states, many):
    by = UserFactory(role="administrator", region=district.plan.region)
    cells = {district.school: first, district.nine_year: second}
    found = []
    for save in (
        save_all,
        lambda *given: save_each(*given, one_by_one=False),
        lambda *given: save_each(*given, one_by_one=True),
    ):
        with transaction.atomic():
            for school, status in zip(cells, states, strict=True):
                prepare(district, status, school)
            monkeypatch.setattr(storing, "MANY", many)
            with pghistory.context(user=by.pk, **EVENT):
                told = save(district, cells, by)
            found.append((told, dump(by), returns(by)))
            transaction.set_rollback(True)
    assert found[0] == found[1]
    assert found[0][:2] == found[2][:2]


def test_every_event_has_actor_address_and_request(district, monkeypatch):
    monkeypatch.setattr(storing, "MANY", 1)
    by = UserFactory(role="administrator", region=district.plan.region)
    with pghistory.context(user=by.pk, **EVENT):
        save_all(district, {district.school: {("pupils", "whole"): ("900", False, "")}}, by)
    for events in (DataValueHistory.objects.all(), SubmissionHistory.objects.all()):
        labels = [(event.pgh_label, event.pgh_context.metadata) for event in events.order_by("pgh_id")]
        assert labels[-1][1] == {"user": by.pk, **EVENT}
    assert [label for label, _told in labels] == ["insert", "update"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_do_not_become_more_with_the_schools(district, count, django_assert_num_queries):
    by = UserFactory(role="administrator", region=district.plan.region)
    schools = [district.school, *(SchoolFactory(region=district.plan.region) for _ in range(2))][:count]
    owed = Assignment.objects.filter(period=district.periods[2], organisation=district.school)
    Assignment.objects.bulk_create(
        Assignment(period=row.period, organisation=school, element=row.element, stage=row.stage)
        for school in schools[1:]
        for row in owed
    )
    cells = {
        school: {("pupils", "whole"): ("9", False, ""), ("placed", "whole"): ("2", False, "")}
        for school in schools
    }
    with django_assert_num_queries(11):
        save_all(district, cells, by)
    assert DataValue.objects.count() == 2 * count


def test_a_trial_writes_and_begins_nothing(district):
    by = UserFactory(role="administrator", region=district.plan.region)
    entries = {district.school: entries_of(district, {("pupils", "whole"): ("900", False, "")})}
    with CaptureQueriesContext(connection) as asked:
        saved = drafts_save(
            period=district.periods[2], entries=entries, by=by, read=KnownTexts(), dry_run=True
        )
    assert (saved.outcomes[district.school.pk].saved, Submission.objects.count()) == (1, 0)
    assert [query["sql"][:6] for query in asked if query["sql"][:6] in ("INSERT", "UPDATE", "CREATE")] == []
