"""Saving single facts: versions, conflicts, what cannot be read, lost sessions, how long it took."""

import json
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from apps.collection.autosave.models import LONGEST_SECONDS
from apps.collection.autosave.services import Edit, facts_autosave
from apps.collection.autosave.timing import DEFAULT_SECONDS, FEWEST_FILLS, minutes, seconds_of
from apps.collection.errors import WorkflowError
from apps.collection.models import FillTime, Submission
from apps.collection.services import Entry, submission_start, values_save
from apps.core.models import BusinessClock
from tests.factories import SchoolFactory, UserFactory
from tests.support.returns import IN_QUARTER_2, QUARTER_2, accept_all, entries, submit, write

URL = "/collection/2025/2/facts/"


@pytest.fixture(autouse=True)
def _fixed_date(db):
    BusinessClock.objects.create(fixed_date=IN_QUARTER_2)


def edit(district, code, text="", version=0, seconds=0, **more):
    element = district.elements[code]
    stage = "primary" if element.per_stage else "whole"
    return Edit(Entry(element.pk, stage, text, **more), version, seconds)


def start(district):
    return submission_start(period=district.periods[2], organisation=district.school, by=district.reporter)


def autosave(district, submission, *edits, by=None):
    return facts_autosave(
        period=submission.period,
        organisation=submission.organisation,
        edits=edits,
        by=by or district.reporter,
    )


def stored(submission, code):
    return submission.values.get(element__code=code)


def name(district, code):
    element = district.elements[code]
    return f"{element.pk}-{'primary' if element.per_stage else 'whole'}"


def sent(district, code, text, version=0, **more):
    return {"name": name(district, code), "text": text, "version": version, **more}


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def post(client, *edits, **headers):
    return client.post(URL, json.dumps({"edits": edits}), content_type="application/json", headers=headers)


def test_each_fact_has_its_own_version(district):
    submission = start(district)
    autosave(district, submission, edit(district, "pupils", "900"), edit(district, "placed", "2"))
    outcome = autosave(district, submission, edit(district, "pupils", "905", version=1))
    assert (outcome.conflicts, outcome.saved.saved) == (set(), 1)
    assert (stored(submission, "pupils").version, stored(submission, "placed").version) == (2, 1)


def test_two_people_in_different_facts_do_not_meet(district):
    submission = start(district)
    autosave(district, submission, edit(district, "pupils", "900"))
    outcome = autosave(district, submission, edit(district, "placed", "2"), by=district.principal)
    assert outcome.conflicts == set()
    assert stored(submission, "placed").updated_by == district.principal


def test_what_somebody_else_saved_is_not_overwritten_unseen(district):
    submission = start(district)
    autosave(district, submission, edit(district, "pupils", "900"), by=district.principal)
    outcome = autosave(district, submission, edit(district, "pupils", "800"), edit(district, "placed", "2"))
    key = (district.elements["pupils"].pk, "whole")
    assert (outcome.conflicts, outcome.saved.saved) == ({key}, 1)
    assert (stored(submission, "pupils").number, stored(submission, "placed").number) == (900, 2)
    chosen = autosave(district, submission, edit(district, "pupils", "800", version=1))
    assert (chosen.conflicts, stored(submission, "pupils").number) == (set(), 800)


def test_the_same_figure_from_two_people_is_no_conflict_but_another_reason_is(district):
    submission = start(district)
    autosave(district, submission, edit(district, "pupils", "900", reason="转入"), by=district.principal)
    same = autosave(district, submission, edit(district, "pupils", "９００", reason="转入"))
    other = autosave(district, submission, edit(district, "pupils", "900", reason="新生"))
    assert (len(same.conflicts), len(other.conflicts)) == (0, 1)
    assert stored(submission, "pupils").reason == "转入"


def test_the_old_way_raises_the_versions_too(district):
    submission = write(district, 2, {"pupils": "900"})
    outcome = autosave(district, submission, edit(district, "pupils", "800", version=0))
    assert len(outcome.conflicts) == 1


def test_what_cannot_be_read_is_kept_and_told(district):
    submission = start(district)
    outcome = autosave(district, submission, edit(district, "pupils", "约900"), edit(district, "visits", "3"))
    assert [problem.code for problem in outcome.saved.problems.values()] == ["approximate"]
    assert (stored(submission, "pupils").typed, stored(submission, "visits").number) == ("约900", 3)


def test_strangers_and_closed_returns_are_refused(district):
    submission = submit(district, 2)
    stranger = UserFactory(organisation=SchoolFactory(region=district.plan.region))
    with pytest.raises(PermissionDenied):
        autosave(district, submission, edit(district, "pupils", "1"), by=stranger)
    with pytest.raises(WorkflowError):
        autosave(district, submission, edit(district, "pupils", "1"))
    assert stored(submission, "pupils").number == 910


# The address.


def test_the_page_saves_and_hears_how_it_was_read(district):
    answer = post(browser(district.reporter), sent(district, "pupils", "９１０人"))
    data = answer.json()
    key = name(district, "pupils")
    assert (answer.status_code, data["results"][key]) == (
        200,
        {"state": "saved", "message": "识别为910"},
    )
    fact = data["facts"][key]
    assert (fact["text"], fact["version"], fact["by"], fact["done"]) == ("910", 1, district.reporter.pk, True)


def test_an_unusual_figure_is_told_at_once(district):
    accept_all(district, submit(district, 1))
    data = post(browser(district.reporter), sent(district, "pupils", "2000")).json()
    fact = data["facts"][name(district, "pupils")]
    assert (len(fact["flags"]), fact["done"], fact["errors"]) == (1, False, [])


def test_a_conflict_shows_what_is_saved_and_by_whom(district):
    post(browser(district.principal), sent(district, "pupils", "900"))
    data = post(browser(district.reporter), sent(district, "pupils", "800")).json()
    key = name(district, "pupils")
    assert data["results"][key] == {"state": "conflict"}
    assert (data["facts"][key]["text"], data["facts"][key]["who"]) == ("900", district.principal.name)


def test_others_edits_are_heard_of(district):
    post(browser(district.principal), sent(district, "placed", "2"))
    fact = browser(district.reporter).get(URL).json()["facts"][name(district, "placed")]
    assert (fact["text"], fact["by"], fact["version"]) == ("2", district.principal.pk, 1)


def test_looking_begins_no_return(district):
    assert browser(district.reporter).get(URL).json()["version"] == ""
    assert Submission.objects.count() == 0


def test_a_lost_session_and_another_person_s_are_told_apart_from_a_page(district):
    assert Client().get(URL).status_code == 401
    another = post(browser(district.principal), sent(district, "pupils", "1"), **{"X-Form-User": "1"})
    own = post(
        browser(district.reporter),
        sent(district, "pupils", "1"),
        **{"X-Form-User": str(district.reporter.pk)},
    )
    assert (another.status_code, own.status_code) == (401, 200)


def test_a_submitted_return_says_so(district):
    submit(district, 2)
    answer = post(browser(district.reporter), sent(district, "pupils", "1"))
    assert (answer.status_code, "待审核" in answer.json()["message"] or answer.json()["message"] != "") == (
        409,
        True,
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"edits": 1}',
        b'{"edits": [1]}',
        b'{"edits": [{}]}',
        b'{"edits": [{"name": "x"}]}',
        b'{"edits": [{"name": "1-whole", "text": 1}]}',
        b'{"edits": [{"name": "1-whole", "version": -1}]}',
        b'{"edits": [{"name": "1-whole", "version": true}]}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_what_no_page_sends_is_refused_plainly(district, body):
    answer = browser(district.reporter).post(URL, body, content_type="application/json")
    assert (answer.status_code, Submission.objects.count()) == (400, 0)


def test_a_fact_that_is_not_asked_is_refused_and_the_rest_saved(district):
    rows = [{"name": "999999-whole", "text": "1", "version": 0}, sent(district, "pupils", "900")]
    data = post(browser(district.reporter), *rows).json()
    assert data["results"]["999999-whole"]["state"] == "refused"
    assert Submission.objects.get().values.get().number == 900


@pytest.mark.parametrize("count", [1, 3])
def test_saving_takes_the_same_queries_for_more_facts(district, django_assert_num_queries, count):
    client = browser(district.reporter)
    start(district)
    post(client, sent(district, "visits", "25"))  # the rules are known, the statements planned
    rows = [sent(district, code, QUARTER_2[code]) for code in ("pupils", "placed", "certified")[:count]]
    with django_assert_num_queries(19):
        post(client, *rows)


# The whole form, after single facts were saved.


def test_the_form_submits_what_was_saved_fact_by_fact(district):
    client = browser(district.reporter)
    data = post(client, *(sent(district, code, text) for code, text in QUARTER_2.items())).json()
    form = {f"f-{name(district, code)}": text for code, text in QUARTER_2.items()}
    client.post(
        reverse("collection:form", args=[2025, 2]),
        {**form, "version": data["version"], "action": "submit"},
    )
    assert Submission.objects.get().status == "submitted"


def test_what_was_read_otherwise_is_told_without_scripts_too(district):
    form = {f"f-{name(district, 'pupils')}": "９１０人", "version": "", "action": "save"}
    page = browser(district.reporter).post(reverse("collection:form", args=[2025, 2]), form, follow=True)
    assert "“９１０人”识别为910" in page.content.decode()


# Minutes.


def test_the_seconds_at_a_fact_add_up_to_a_limit(district):
    submission = start(district)
    autosave(district, submission, edit(district, "pupils", "900", seconds=20))
    autosave(district, submission, edit(district, "pupils", "905", version=1, seconds=25))
    assert FillTime.objects.get().seconds == 45
    autosave(district, submission, edit(district, "pupils", "906", version=2, seconds=10**6))
    assert FillTime.objects.get().seconds == LONGEST_SECONDS


def test_what_is_left_is_the_median_of_real_fills(district):
    pk = district.elements["pupils"].pk
    submissions = [
        Submission.objects.create(
            period=district.periods[2], organisation=SchoolFactory(region=district.plan.region)
        )
        for _ in range(FEWEST_FILLS)
    ]
    for submission, seconds in zip(submissions[1:], (10, 20, 90, 200), strict=True):
        FillTime.objects.create(submission=submission, element_id=pk, stage="whole", seconds=seconds)
    assert seconds_of([pk]) == {pk: DEFAULT_SECONDS}
    FillTime.objects.create(submission=submissions[0], element_id=pk, stage="whole", seconds=30)
    assert seconds_of([pk]) == {pk: DEFAULT_SECONDS}, "known for a while"
    cache.clear()
    assert seconds_of([pk, 0]) == {pk: 30, 0: DEFAULT_SECONDS}
    assert (minutes(0), minutes(89), minutes(91)) == (1, 1, 2)


def test_a_remark_is_kept_with_the_return(district):
    submission = write(district, 2, QUARTER_2)
    form = {"version": submission.version, "action": "save", "remark": " 本季度无变动 "}
    browser(district.reporter).post(reverse("collection:form", args=[2025, 2]), form)
    submission.refresh_from_db()
    assert submission.remark == "本季度无变动"
    refused = browser(district.reporter).post(
        reverse("collection:form", args=[2025, 2]),
        {**form, "remark": "问13812345678"},
        follow=True,
    )
    submission.refresh_from_db()
    assert (submission.remark, "身份证号或手机号" in refused.content.decode()) == ("本季度无变动", True)


def test_a_value_typed_again_keeps_its_number(district):
    submission = write(district, 2, {"pupils": "900"})
    values_save(submission=submission, entries=entries(district, {"pupils": "９００"}), by=district.reporter)
    assert (stored(submission, "pupils").version, stored(submission, "pupils").number) == (1, Decimal(900))
