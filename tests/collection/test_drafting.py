import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from apps.collection.checks import problems_of
from apps.collection.errors import Conflict, Incomplete, WorkflowError
from apps.collection.services import Entry, submission_start, submission_submit, values_save
from apps.collection.slots import rules_between, slots_of
from apps.core import clock
from tests.factories import SchoolFactory, UserFactory
from tests.support.returns import QUARTER_2, accept_all, entries, submit, write


def start(district, quarter=2):
    return submission_start(
        period=district.periods[quarter], organisation=district.school, by=district.reporter
    )


def save(district, submission, facts, **more):
    return values_save(submission=submission, entries=entries(district, facts), by=district.reporter, **more)


def stored(submission, code, stage="whole"):
    return submission.values.get(element__code=code, stage=stage)


def problems(submission):
    slots = slots_of(period=submission.period, organisation=submission.organisation, submission=submission)
    found = problems_of(slots, rules_between(slots), submission.period)
    codes = {slot.key: slot.element.code for slot in slots}
    return {codes[key]: [problem.code for problem in list_] for key, list_ in found.items()}


def test_beginning_twice_gives_the_same_return(district):
    assert start(district).pk == start(district).pk


def test_a_stranger_cannot_begin_or_write(district):
    stranger = UserFactory(organisation=SchoolFactory(region=district.plan.region))
    with pytest.raises(PermissionDenied):
        submission_start(period=district.periods[2], organisation=district.school, by=stranger)
    with pytest.raises(PermissionDenied):
        values_save(submission=start(district), entries=[], by=stranger)


def test_nothing_begins_before_the_period_opens_or_where_nothing_is_due(district):
    with pytest.raises(WorkflowError):
        start(district, 3)
    with pytest.raises(WorkflowError):
        submission_start(period=district.periods[2], organisation=district.health, by=district.health_user)


def test_valid_facts_are_saved_and_the_wrong_one_is_kept_as_typed(district):
    submission = start(district)
    outcome = save(district, submission, {"pupils": "１，２３４人", "certified": "约60", "placed": "2"})
    assert stored(submission, "pupils").number == Decimal(1234)
    assert stored(submission, "placed").number == Decimal(2)
    wrong = stored(submission, "certified")
    assert (wrong.number, wrong.typed) == (None, "约60")
    assert [problem.code for problem in outcome.problems.values()] == ["approximate"]
    assert problems(submission)["certified"] == ["approximate"]


def test_correcting_what_was_typed_makes_it_a_fact(district):
    submission = start(district)
    save(district, submission, {"certified": "约60"})
    save(district, submission, {"certified": "60"})
    assert (stored(submission, "certified").number, stored(submission, "certified").typed) == (
        Decimal(60),
        "",
    )


def test_a_wrong_reason_does_not_lose_the_number(district):
    submission = start(district)
    entry = Entry(district.elements["pupils"].pk, "whole", "900", reason="问13812345678")
    outcome = values_save(submission=submission, entries=[entry], by=district.reporter)
    assert [problem.code for problem in outcome.problems.values()] == ["personal_number"]
    assert (stored(submission, "pupils").number, stored(submission, "pupils").reason) == (Decimal(900), "")


def test_an_identity_number_is_not_kept(district):
    submission = start(district)
    save(district, submission, {"pupils": "430203201503081234"})
    assert submission.values.count() == 0


def test_facts_not_in_the_entries_stay(district):
    submission = start(district)
    save(district, submission, {"pupils": "900"})
    save(district, submission, {"placed": "2"})
    assert stored(submission, "pupils").number == Decimal(900)


def test_a_blank_takes_the_fact_back(district):
    submission = start(district)
    save(district, submission, {"pupils": "900"})
    save(district, submission, {"pupils": " "})
    assert stored(submission, "pupils").is_blank


@pytest.mark.parametrize(
    ("text", "reason", "code"),
    [("", "未开设", None), ("", " ", "no_reason"), ("12", "未开设", "both")],
)
def test_not_applicable_wants_a_reason_and_no_figure(district, text, reason, code):
    submission = start(district)
    entry = Entry(district.elements["visits"].pk, "whole", text, not_applicable=True, reason=reason)
    outcome = values_save(submission=submission, entries=[entry], by=district.reporter)
    assert [problem.code for problem in outcome.problems.values()] == ([code] if code else [])
    assert stored(submission, "visits").not_applicable is (code is None)


def test_the_range_of_an_element_is_a_hard_limit(district):
    element = district.elements["pupils"]
    element.maximum = Decimal(3000)
    element.save()
    outcome = save(district, start(district), {"pupils": "3001"})
    assert [problem.code for problem in outcome.problems.values()] == ["above_maximum"]


def test_left_above_right_is_saved_but_cannot_be_submitted(district):
    submission = write(district, 2, {**QUARTER_2, "myopic": "41"})
    assert problems(submission) == {"myopic": ["rule"]}
    with pytest.raises(Incomplete) as refusal:
        submission_submit(submission=submission, by=district.reporter)
    assert set(refusal.value.problems) == {(district.elements["myopic"].pk, "primary")}


def test_a_year_to_date_figure_may_not_fall_within_the_year(district):
    accept_all(district, submit(district, 1))
    submission = write(district, 2, {**QUARTER_2, "visits": "9"})
    assert problems(submission) == {"visits": ["not_falling"]}
    save(district, submission, {"visits": "10"})
    assert problems(submission) == {}


def test_a_large_change_asks_for_a_reason_and_then_passes(district):
    accept_all(district, submit(district, 1))
    submission = write(district, 2, {**QUARTER_2, "pupils": "1081"})
    assert problems(submission) == {"pupils": ["reason"]}
    entry = Entry(district.elements["pupils"].pk, "whole", "1081", reason="接收撤并校学生")
    values_save(submission=submission, entries=[entry], by=district.reporter)
    assert problems(submission) == {}


def test_exactly_the_limit_is_no_large_change(district):
    accept_all(district, submit(district, 1))
    assert problems(write(district, 2, {**QUARTER_2, "pupils": "1080"})) == {}


def test_a_very_large_figure_asks_for_a_reason(district):
    assert problems(write(district, 2, {**QUARTER_2, "pupils": "5001"})) == {"pupils": ["reason"]}


def test_missing_is_not_zero(district):
    submission = write(district, 2, {**QUARTER_2, "placed": "0", "visits": ""})
    assert problems(submission) == {"visits": ["missing"]}


def test_a_stage_that_is_not_asked_is_refused(district):
    entry = Entry(district.elements["myopic"].pk, "junior", "3")
    outcome = values_save(submission=start(district), entries=[entry], by=district.reporter)
    assert [problem.code for problem in outcome.problems.values()] == ["not_open"]


def test_somebody_elses_change_is_noticed_and_nothing_is_overwritten(district):
    submission = start(district)
    seen = submission.version
    save(district, submission, {"pupils": "900"}, version=seen)
    with pytest.raises(Conflict) as conflict:
        save(district, submission, {"pupils": "800"}, version=seen)
    assert district.reporter.name in str(conflict.value)
    assert stored(submission, "pupils").number == Decimal(900)


def test_saving_the_same_again_changes_nothing(district):
    submission = start(district)
    save(district, submission, {"pupils": "900"})
    outcome = save(district, submission, {"pupils": "900"})
    assert (outcome.saved, outcome.version) == (0, 1)


def test_a_submitted_return_cannot_be_written(district):
    submission = submit(district, 2)
    with pytest.raises(WorkflowError):
        save(district, submission, {"pupils": "1"})


def test_a_late_first_return_is_still_taken(district):
    with clock.held_at(dt.date(2025, 12, 15)):
        submission = submit(district, 2)
    assert submission.submitted_on == dt.date(2025, 12, 15)


@pytest.mark.parametrize("count", [1, 3])
def test_saving_takes_the_same_queries_for_more_facts(district, django_assert_num_queries, count):
    submission = start(district)
    facts = dict(list({"pupils": "900", "placed": "2", "certified": "60"}.items())[:count])
    save(district, submission, {})  # the rules are known, the statements planned
    with django_assert_num_queries(9):
        save(district, submission, facts)
