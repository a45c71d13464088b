"""Measures are chased as returns are: before and after their day, once a person and step, order by hand."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from apps.collection.chasing.due_measures import key_of, measures_due
from apps.collection.chasing.measure_orders import measure_order_issue, measure_suggestions
from apps.collection.chasing.measure_reminding import measures_remind
from apps.collection.chasing.orders import order_close
from apps.collection.chasing.orders_behind import order_answer
from apps.collection.chasing.policies import policy_of, policy_set
from apps.collection.chasing.reminding import reminders_run
from apps.collection.chasing.wording import notice_title
from apps.collection.errors import WorkflowError
from apps.collection.models import Dispatch, Notice, Robot
from apps.core import clock
from apps.plans.models import MeasureStep
from tests.collection.chasing.conftest import MORNING
from tests.dashboards.factories import MeasureFactory
from tests.factories import UserFactory


@pytest.fixture
def measure(district, administrator):
    """A measure of the health office, due on Friday 15 August; no return is chased beside it."""
    policy_set(plan=district.plan, by=administrator, days_before=[5, 1], days_after=[1, 3, 7])
    return MeasureFactory(
        area=district.indicators["inclusion"].area,
        lead_office=district.health,
        due_on=dt.date(2025, 8, 15),
        name="示例举措",
    )


def told():
    rows = Notice.objects.filter(measure__isnull=False).order_by("pk")
    return [(row.kind, row.step.rpartition(":")[2], row.period.quarter) for row in rows]


def run():
    return reminders_run(now=MORNING)


def remind_until_ripe(today):
    """Run on 18 (a Monday, one day late), 19 and 22 August."""
    for day in (18, 19, 22):
        today(8, day)
        run()


def test_an_office_is_reminded_before_and_after_once_each(district, measure, today):
    today(8, 7)
    assert run() == 0
    # Five days before is a Sunday: the reminder comes on the Friday before it.
    for day in (8, 8, 14, 18, 18):
        today(8, day)
        run()
    assert told() == [
        ("measure", "before-5-0815", 3),
        ("measure", "before-1-0815", 3),
        ("measure_late", "after-3-0815", 3),
    ]
    assert {notice.user for notice in Notice.objects.filter(measure=measure)} == {district.health_user}
    assert notice_title(Notice.objects.latest("pk")) == "举措“示例举措”应于 2025-08-15 完成，现已逾期"
    district.health_user.refresh_from_db()
    assert district.health_user.unread_notices == 3


@pytest.mark.parametrize("status", ["completed", "closed", "cancelled"])
def test_what_is_done_is_not_chased(measure, today, status):
    measure.status = status
    measure.completed_on = dt.date(2025, 8, 1) if status != "cancelled" else None
    measure.save()
    MeasureStep.objects.create(measure=measure, position=1, name="步骤", due_on=dt.date(2025, 8, 12))
    today(8, 18)
    assert run() == 0


def test_a_step_is_chased_for_itself_until_its_measure_is_overdue(measure, today):
    MeasureStep.objects.create(measure=measure, position=1, name="制定方案", due_on=dt.date(2025, 8, 1))
    MeasureStep.objects.create(
        measure=measure,
        position=2,
        name="已完成",
        due_on=dt.date(2025, 8, 1),
        status="done",
        done_on=dt.date(2025, 8, 1),
    )
    today(8, 4)
    assert run() == 1
    assert notice_title(Notice.objects.get(measure=measure)).startswith("举措“示例举措”的步骤“制定方案”应于")
    today(8, 18)
    run()
    keys = {notice.step.rpartition(":")[0] for notice in Notice.objects.filter(on=dt.date(2025, 8, 18))}
    assert keys == {key_of(measure, None)}


def test_groups_get_one_digest_a_day_and_quiet_hours_hold(district, measure, today, administrator):
    Robot.objects.create(
        region=district.plan.region,
        created_by=administrator,
        name="示例群",
        kind="wecom",
        url="https://qyapi.weixin.qq.com/x?key=示例",
    )
    today(8, 16)
    assert run() == 0
    today(8, 18)
    assert reminders_run(now=dt.time(21)) == 0
    run()
    run()
    dispatch = Dispatch.objects.get()
    assert (dispatch.channel, dispatch.step) == ("robot", "measures-0818")
    assert f"{district.health.name}：举措“示例举措”，时限 2025-08-15" in dispatch.body


def test_by_hand_once_a_day_and_only_what_is_due(district, measure, today, deputy):
    period = district.periods[3]
    today(8, 18)
    (one,) = measures_due(district.plan, today=dt.date(2025, 8, 18), days_ahead=0)
    arguments = {"plan": district.plan, "period": period, "by": deputy, "text": "请尽快"}
    with clock.held_at(dt.date(2025, 8, 18)):
        assert len(measures_remind(chosen={one.key}, **arguments)[0]) == 1
        assert measures_remind(chosen=None, **arguments)[0] == []
        with pytest.raises(ValidationError):
            measures_remind(chosen={"m0"}, **arguments)
        with pytest.raises(PermissionDenied):
            measures_remind(chosen=None, **arguments | {"by": UserFactory(role="leader")})


def test_an_order_is_suggested_with_its_evidence_issued_and_closed_by_a_person(
    district, measure, today, deputy
):
    remind_until_ripe(today)
    plan = district.plan
    due = measures_due(plan, today=dt.date(2025, 8, 22), days_ahead=0)
    (suggestion,) = measure_suggestions(plan, due, policy_of(plan))
    assert next(iter(suggestion.evidence)) == "举措“示例举措”应于 2025-08-15 完成。"
    assert "2025-08-18" in suggestion.evidence[2]
    browser = Client()
    browser.force_login(deputy)
    page = browser.get(reverse("collection:chasing_measures")).content.decode()
    address = reverse("collection:measure_order_new", args=[measure.pk])
    assert f'href="{address}"' in page
    browser.post(address, {"demand": "请于月底前完成", "answer_due_on": "2025-08-29"})
    order = measure.orders.get()
    assert (order.organisation, order.number, order.issued_by) == (district.health, 1, deputy)
    assert measure_suggestions(plan, due, policy_of(plan)) == []
    with clock.held_at(dt.date(2025, 8, 22)), pytest.raises(WorkflowError):
        measure_order_issue(measure=measure, demand="再次", answer_due_on=dt.date(2025, 8, 30), by=deputy)
    notice = Notice.objects.get(kind="order")
    assert (notice.user, notice_title(notice)) == (district.health_user, "已就举措“示例举措”发出督办单")
    with clock.held_at(dt.date(2025, 8, 25)):
        with pytest.raises(WorkflowError):
            order_close(order=order, note="已办结", by=deputy)
        order_answer(order=order, reply="已完成并报请销号", by=district.health_user)
        order_close(order=order, note="已办结", by=deputy)
    assert measure_suggestions(plan, due, policy_of(plan)) != []


def test_no_order_without_a_measure_overdue(measure, deputy):
    with clock.held_at(dt.date(2025, 8, 15)), pytest.raises(ValidationError):
        measure_order_issue(measure=measure, demand="请完成", answer_due_on=dt.date(2025, 8, 30), by=deputy)


@pytest.mark.parametrize("more", [0, 2])
def test_the_page_takes_the_same_queries_for_more_measures(
    district, measure, today, deputy, more, django_assert_num_queries
):
    for number in range(more):
        other = MeasureFactory(
            area=measure.area, lead_office=district.health, due_on=measure.due_on, code=f"X{number}"
        )
        MeasureStep.objects.create(measure=other, position=1, name="步骤", due_on=dt.date(2025, 8, 20))
    today(8, 18)
    browser = Client()
    browser.force_login(deputy)
    with django_assert_num_queries(13):
        page = browser.get(reverse("collection:chasing_measures"))
    assert len(page.context["due"]) == 1 + more
