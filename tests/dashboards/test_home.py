import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.collection.services import values_save
from apps.core import clock
from apps.dashboards import duties
from apps.plans.services import principal_sign_off_set
from apps.reviews.services import FactReturn, review_return
from tests.factories import OfficeFactory, RegionFactory, SchoolFactory, UserFactory
from tests.support.returns import accept_all, entries, make_district, review_of, submit

TODAY = dt.date(2025, 4, 2)


@pytest.fixture
def today():
    """Inside the first quarter's collection: open since 21 March, due on 10 April."""
    from apps.core.models import BusinessClock

    BusinessClock.objects.create(fixed_date=TODAY)
    with clock.held_at(TODAY):
        yield TODAY


@pytest.fixture
def district(db, today):
    return make_district()


@pytest.fixture
def home(client):
    def visit(user):
        client.force_login(user)
        return client.get("/")

    return visit


def states(answer):
    return [(item.period.quarter, str(item.state)) for item in answer.context["returns"]]


def test_a_reporter_sees_what_is_due_and_when(home, district):
    answer = home(district.reporter)
    first = answer.context["returns"][0]
    assert (first.period.quarter, first.state, first.days_left, first.n_asked, first.n_filled) == (
        1,
        "due",
        8,
        4,
        0,
    )
    assert states(answer) == [(1, "due"), (2, "not_due"), (3, "not_due"), (4, "not_due")]
    assert "第一季度填报将于2025年4月10日截止" in answer.content.decode()


def test_what_is_filled_in_counts(home, district):
    from apps.collection.services import submission_start

    submission = submission_start(
        period=district.periods[1], organisation=district.school, by=district.reporter
    )
    values_save(
        submission=submission,
        entries=entries(district, {"placed": "2", "pupils": "900"}),
        by=district.reporter,
    )
    first = home(district.reporter).context["returns"][0]
    assert (first.state, first.n_filled, first.n_asked) == ("due", 2, 4)


def test_what_was_sent_back_comes_first_with_its_reason(home, district):
    submission = submit(district, 1)
    pupils = district.elements["pupils"]
    review_return(
        review=review_of(submission, district.health),
        by=district.health_user,
        returns=[FactReturn(pupils.pk, "whole", "wrong_value", "请核对")],
    )
    answer = home(district.reporter)
    first = answer.context["returns"][0]
    assert (first.state, first.n_returned) == ("returned", 1)
    assert [(item.value.element, item.text) for item in answer.context["sent_back"]] == [(pupils, "请核对")]
    assert home(UserFactory(organisation=district.nine_year)).context["sent_back"] == []


def test_an_overdue_return_is_late(home, district):
    with clock.held_at(dt.date(2025, 4, 15)):
        first = duties.now_first(duties.returns_of(district.school, plan=district.plan, today=clock.today()))[
            0
        ]
    assert (first.state, first.days_late) == ("late", 5)


def test_a_principal_is_told_what_waits_for_a_signature(home, district):
    from apps.collection.services import submission_submit
    from tests.support.returns import QUARTER_1, write

    admin = UserFactory(role="administrator", region=district.plan.region)
    principal_sign_off_set(plan=district.plan, required=True, by=admin)
    submission_submit(submission=write(district, 1, QUARTER_1), by=district.reporter)
    answer = home(district.principal)
    assert answer.context["returns"][0].is_signing
    assert "第一季度填报待您核对提交" in answer.content.decode()


def test_an_accepted_return_leaves_nothing_to_do(home, district):
    accept_all(district, submit(district, 1))
    assert "目前没有待办事项" in home(district.reporter).content.decode()


def test_an_office_sees_the_reviews_that_wait_for_it(home, district):
    submit(district, 1)
    waiting = home(district.health_user).context["waiting"]
    assert (waiting.count, waiting.of_schools, waiting.of_offices, waiting.oldest) == (1, 1, 0, TODAY)
    assert home(district.finance_user).context["waiting"].count == 0


def test_an_office_sees_its_own_figures(home, district):
    assert states(home(district.finance_user))[0] == (1, "due")
    assert states(home(district.health_user)) == []


def test_late_schools_are_counted_for_the_office_they_owe(district):
    submit(district, 1)
    after = dt.date(2025, 4, 11)
    region = district.plan.region
    admin = UserFactory(role="administrator", region=region)
    found = duties.late_counts(admin, plan=district.plan, today=after)
    assert [(item.period.quarter, item.late, item.owing) for item in found] == [(1, 1, 2)]
    assert duties.late_counts(district.finance_user, plan=district.plan, today=after) == []
    assert duties.late_counts(admin, plan=district.plan, today=TODAY) == []


def test_schools_of_another_district_are_not_counted(district):
    elsewhere = RegionFactory(code="430204", level="district", parent=district.plan.region)
    SchoolFactory(region=elsewhere)
    stranger = UserFactory(role="administrator", region=elsewhere)
    assert duties.late_counts(stranger, plan=district.plan, today=dt.date(2025, 4, 11)) == []


def test_a_deputy_sees_the_areas_they_lead(home, district):
    deputy = UserFactory(role="deputy", region=district.plan.region)
    deputy.offices_led.add(district.health)
    submit(district, 1)
    answer = home(deputy)
    assert [row.area.number for row in answer.context["rows"]] == [6]
    assert answer.context["waiting"].count == 1


def test_a_leader_reads_one_sentence(home, district):
    answer = home(UserFactory(role="leader", region=district.plan.region))
    assert "截至" in answer.context["overview"].sentence
    assert answer.context["targets"].empty == 5


def test_an_administrator_sees_the_state_of_the_platform(home, district):
    admin = UserFactory(role="administrator", region=district.plan.region)
    context = home(admin).context
    assert [item.state for item in context["periods"]] == ["open", "ahead", "ahead", "ahead"]
    assert context["accounts"]["active"] == 7
    assert (context["targets"].confirmed, context["targets"].proposed, context["targets"].empty) == (0, 0, 5)
    assert context["health"].rebuild is None


def test_an_auditor_goes_to_the_changes(home, district):
    assert home(UserFactory(role="auditor", region=district.plan.region))["Location"] == "/audit/"


@pytest.mark.parametrize("role", ["leader", "administrator", "deputy"])
def test_without_a_plan_there_is_a_sentence(home, db, today, role):
    answer = home(UserFactory(role=role, region=RegionFactory()))
    assert "尚无年度工作要点" in answer.content.decode()


@pytest.mark.parametrize("role", ["reporter", "office", "deputy", "leader", "administrator"])
def test_home_costs_the_same_with_one_return_and_with_three(home, district, role, django_assert_num_queries):
    user = {"reporter": district.reporter, "office": district.health_user}.get(role)
    user = user or UserFactory(role=role, region=district.plan.region)
    submit(district, 1)
    home(user)
    with CaptureQueriesContext(connection) as one:
        home(user)
    for _ in range(2):
        OfficeFactory(region=district.plan.region)
        SchoolFactory(region=district.plan.region)
    with clock.held_at(dt.date(2025, 7, 2)):
        submit(district, 2)
    with django_assert_num_queries(len(one)):
        home(user)
