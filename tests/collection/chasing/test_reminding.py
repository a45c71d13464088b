import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from apps.collection.chasing.missing import missing_of
from apps.collection.chasing.notices import notices_read
from apps.collection.chasing.policies import calendar_set, policy_set
from apps.collection.chasing.reminding import reminders_run, reminders_send
from apps.collection.models import CalendarDay, Dispatch, Notice, Robot
from apps.core import clock
from apps.organisations.models import Organisation
from tests.collection.chasing.conftest import DUE, MORNING
from tests.factories import RegionFactory, UserFactory
from tests.support.returns import submit


def given():
    return sorted(Notice.objects.values_list("user__username", "kind", "step"))


def robot(district, by, **fields):
    values = {"name": "示例群", "kind": "wecom", "url": "https://qyapi.weixin.qq.com/x?key=示例"}
    return Robot.objects.create(region=district.plan.region, created_by=by, **values | fields)


def test_reminders_come_before_and_after_once_each(district, today):
    people = sorted([district.reporter.username, district.principal.username, district.finance_user.username])
    assert reminders_run(now=MORNING) == 3
    assert given() == [(name, "reminder", "before-1-0710") for name in people]
    assert reminders_run(now=MORNING) == 0
    today(7, 11)
    assert reminders_run(now=MORNING) == 3
    assert [row for row in given() if row[1] == "overdue"] == [
        (name, "overdue", "after-1-0710") for name in people
    ]
    district.reporter.refresh_from_db()
    assert district.reporter.unread_notices == 2


def test_who_has_submitted_is_left_alone(district, today):
    today(7, 2)
    with clock.held_at(dt.date(2025, 7, 2)):
        submit(district, 2)
    today(7, 9)
    assert reminders_run(now=MORNING) == 1
    assert given() == [(district.finance_user.username, "reminder", "before-1-0710")]


@pytest.mark.parametrize(
    ("day", "now", "count"),
    [(9, dt.time(7, 59), 0), (9, dt.time(20, 1), 0), (12, MORNING, 0), (9, MORNING, 3), (14, MORNING, 3)],
)
def test_nothing_goes_out_in_quiet_hours_or_at_weekends(district, today, day, now, count):
    today(7, day)
    assert reminders_run(now=now) == count


def test_a_holiday_moves_the_step_to_the_working_day_before(district, today, administrator):
    days = [CalendarDay(on=dt.date(2025, 7, 9), is_working=False, name="示例假日")]
    calendar_set(region=district.plan.region, days=days, by=administrator)
    assert reminders_run(now=MORNING) == 0
    today(7, 8)
    assert reminders_run(now=MORNING) == 3


def test_a_closed_account_and_a_policy_that_is_off_are_not_disturbed(district, today, administrator):
    district.principal.is_active = False
    district.principal.save()
    policy_set(plan=district.plan, by=administrator, is_on=False)
    assert reminders_run(now=MORNING) == 0
    policy_set(plan=district.plan, by=administrator, is_on=True, days_before=[1])
    assert reminders_run(now=MORNING) == 2


def test_a_group_gets_one_digest_a_step(district, today, administrator):
    robot(district, administrator)
    robot(district, administrator, is_active=False)
    reminders_run(now=MORNING)
    reminders_run(now=MORNING)
    (dispatch,) = Dispatch.objects.all()
    assert (dispatch.step, dispatch.state) == ("before-1-0710", "queued")
    assert district.school.name in dispatch.body
    assert "3" in dispatch.body


def test_mail_is_a_copy_for_those_with_an_address(district, today, settings):
    settings.EMAIL_CONFIGURED = True
    district.reporter.email = "reporter@example.org"
    district.reporter.save()
    reminders_run(now=MORNING)
    (dispatch,) = Dispatch.objects.all()
    assert (dispatch.channel, dispatch.notice.user) == ("email", district.reporter)
    assert "http" not in dispatch.body


def test_by_hand_everybody_is_told_at_most_once_a_day(district, today, administrator):
    period = district.periods[2]
    seen = Organisation.objects.visible_to(administrator)

    def remind(by, chosen):
        with clock.held_at(clock.read_date()):
            return reminders_send(period=period, organisations=seen, chosen=chosen, by=by, text="请尽快")

    notices, unreachable = remind(administrator, {district.school.pk})
    assert sorted(row.user.username for row in notices) == sorted(
        [district.reporter.username, district.principal.username]
    )
    assert ({row.text for row in notices}, unreachable) == ({"请尽快"}, [])
    assert remind(district.health_user, {district.school.pk})[0] == []
    notices, unreachable = remind(district.health_user, None)
    assert [row.user for row in notices] == [district.finance_user]
    assert [one.organisation for one in unreachable] == [district.nine_year]
    today(7, 10)
    assert len(remind(administrator, {district.school.pk})[0]) == 2


def test_who_may_not_remind_and_what_may_not_be_said(district, today, administrator):
    period = district.periods[2]
    everybody = Organisation.objects.all()
    leader = UserFactory(role="leader", region=district.plan.region)
    stranger = UserFactory(role="administrator", region=RegionFactory(code="430204"))
    with clock.held_at(DUE):
        for by in (district.reporter, leader, stranger):
            with pytest.raises(PermissionDenied):
                reminders_send(period=period, organisations=everybody, chosen=None, by=by)
        with pytest.raises(ValidationError):
            reminders_send(
                period=period, organisations=everybody, chosen=None, by=administrator, text="电13812345678"
            )
        with pytest.raises(ValidationError):
            reminders_send(
                period=period, organisations=everybody, chosen={district.health.pk}, by=administrator
            )
    assert given() == []


def test_the_missing_are_counted_with_the_days_they_were_reminded_on(
    district, today, django_assert_num_queries
):
    reminders_run(now=MORNING)
    today(7, 14)
    reminders_run(now=MORNING)
    with django_assert_num_queries(5):
        rows = {one.organisation: one for one in missing_of(district.periods[2], today=dt.date(2025, 7, 14))}
    school = rows[district.school]
    assert (school.state, school.days_late) == ("late", 4)
    assert school.reminded_on == [dt.date(2025, 7, 9), dt.date(2025, 7, 14)]
    assert (rows[district.nine_year].people, rows[district.nine_year].n_reminded) == ([], 0)


def test_reading_notices_is_one_s_own_business(district, today):
    reminders_run(now=MORNING)
    (own,) = Notice.objects.filter(user=district.reporter)
    with pytest.raises(PermissionDenied):
        notices_read(by=district.principal, notices=[own])
    assert notices_read(by=district.reporter) == 1
    district.reporter.refresh_from_db()
    district.principal.refresh_from_db()
    assert (district.reporter.unread_notices, district.principal.unread_notices) == (0, 1)
