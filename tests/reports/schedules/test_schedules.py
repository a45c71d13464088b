"""Reports that come by themselves: once an occasion and person, what that person may see, told when ready."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.enums import Role
from apps.collection.chasing.dispatching import dispatches_send
from apps.collection.models import Dispatch, Notice
from apps.core.jobs.models import Job
from apps.core.jobs.running import job_run
from apps.core.models import BusinessClock
from apps.reports.jobs.kinds import overview_workbook  # noqa: F401 - the kind that is sent
from apps.reports.models import ReportDelivery
from apps.reports.schedules.services import schedule_save, schedule_switch, schedules_run
from tests.factories import RegionFactory, SchoolFactory, UserFactory
from tests.support.releasing import release_make

pytestmark = pytest.mark.django_db
LIST = "/reports/schedules/"


@pytest.fixture
def administrator(plan):
    return UserFactory(role=Role.ADMINISTRATOR, region=plan.region)


@pytest.fixture
def auditor(plan):
    return UserFactory(role=Role.AUDITOR, region=plan.region, email="auditor@example.com")


@pytest.fixture
def today(indicator):
    """Set the business date: today(2025, 7, 10)."""
    clock = BusinessClock.objects.create(fixed_date=dt.date(2025, 7, 1))

    def move(*date):
        clock.fixed_date = dt.date(*date)
        clock.save()

    return move


@pytest.fixture
def setting(administrator, leader, auditor, today, settings):
    """Set a schedule of the overview for the leader (no e-mail) and the auditor: setting(when=…)."""
    settings.EMAIL_CONFIGURED = True

    def save(**changes):
        given = {"kind": "overview-workbook", "reach": "internal", "when": "monthly", "day": 5}
        given |= {"by": administrator, "recipients": [leader, auditor]}
        return schedule_save(**(given | changes))

    return save


def make_all():
    for job in Job.objects.filter(state="waiting"):
        job_run(job.pk)


def test_monthly_once_a_month_and_person(setting, today, leader, auditor):
    setting()
    today(2025, 7, 4)
    assert schedules_run() == 0
    today(2025, 7, 6)
    assert schedules_run() == 2
    assert schedules_run() == 0
    today(2025, 8, 5)
    assert schedules_run() == 2
    found = ReportDelivery.objects.order_by("pk").values_list("occasion", "user", "job__owner")
    people = [leader.pk, auditor.pk]
    months = ("month:2025-07", "month:2025-08")
    assert list(found) == [(month, person, person) for month in months for person in sorted(people)]


def test_what_was_before_is_never_sent(setting, today):
    today(2025, 7, 20)
    setting()
    assert schedules_run() == 0


def test_on_the_day_of_a_release(setting, plan, leader):
    release_make(plan=plan, quarter=1, by=leader)
    setting(when="release", day=None)
    assert schedules_run() == 0
    release = release_make(plan=plan, quarter=2, by=leader)
    assert schedules_run() == 2
    assert set(ReportDelivery.objects.values_list("occasion", flat=True)) == {f"release:{release.pk}"}
    assert {job.parameters["quarter"] for job in Job.objects.all()} == {2}


def test_told_when_ready_in_the_platform_and_by_a_link(setting, today, client, leader, auditor, settings):
    settings.PUBLIC_URL = "https://tracker.example.com"
    setting()
    today(2025, 7, 6)
    schedules_run()
    assert Notice.objects.count() == 0
    make_all()
    schedules_run()
    schedules_run()
    assert sorted(Notice.objects.values_list("user", "kind")) == sorted(
        [(leader.pk, "report"), (auditor.pk, "report")]
    )
    dispatch = Dispatch.objects.get()
    job = Job.objects.get(owner=auditor)
    assert dispatch.notice.user == auditor
    dispatches_send()
    [sent] = mail.outbox
    assert sent.to == ["auditor@example.com"]
    assert sent.subject == "报告《总览数据表（Excel） · 2025年第二季度》已生成"
    assert f"https://tracker.example.com/reports/jobs/{job.pk}/" in sent.body
    client.force_login(leader)
    assert "已生成" in client.get("/notices/").content.decode()
    notice = Notice.objects.get(user=leader)
    own = Job.objects.get(owner=leader)
    assert client.get(f"/notices/{notice.pk}/")["Location"] == f"/reports/jobs/{own.pk}/"


def test_without_a_known_address_of_the_platform_no_link_is_sent(setting, today):
    setting()
    today(2025, 7, 6)
    schedules_run()
    make_all()
    schedules_run()
    assert "http" not in Dispatch.objects.get().body


def test_switched_off_nothing_comes_and_nothing_is_made_up_for(setting, today, administrator):
    schedule = setting()
    schedule_switch(schedule=schedule, is_on=False, by=administrator)
    today(2025, 7, 6)
    assert schedules_run() == 0
    schedule_switch(schedule=schedule, is_on=True, by=administrator)
    assert schedules_run() == 0
    today(2025, 8, 6)
    assert schedules_run() == 2


def test_who_may_not_see_it_gets_nothing_and_the_list_says_so(
    setting, today, leader, auditor, administrator, client
):
    setting()
    auditor.role, auditor.organisation = Role.REPORTER, SchoolFactory(region=auditor.region)
    auditor.save()
    today(2025, 7, 6)
    assert schedules_run() == 1
    assert ReportDelivery.objects.get(user=auditor).problem == "该人员无权查看报告内容。"
    client.force_login(administrator)
    page = client.get(LIST).content.decode()
    assert "未生成 1 份" in page
    assert "该人员无权查看报告内容" in page


def test_only_an_administrator_of_the_region_sets_them(setting, leader, plan):
    with pytest.raises(PermissionDenied):
        setting(by=leader)
    far = UserFactory(role=Role.ADMINISTRATOR, region=RegionFactory(code="430298"))
    with pytest.raises(PermissionDenied):
        setting(by=far, schedule=setting(), recipients=[far])
    with pytest.raises(ValidationError):
        setting(recipients=[])
    with pytest.raises(ValidationError):
        setting(day=29)


def test_set_and_changed_by_the_form(client, administrator, leader, auditor, today):
    client.force_login(administrator)
    assert "尚未设置定期报告" in client.get(LIST).content.decode()
    fields = {"kind": "overview-workbook", "reach": "internal", "when": "monthly", "recipients": [leader.pk]}
    refused = client.post(f"{LIST}new/", fields)
    assert refused.status_code == 422
    assert "请填写每月几日" in refused.content.decode()
    assert client.post(f"{LIST}new/", fields | {"day": 5})["Location"] == LIST
    page = client.get(LIST).content.decode()
    assert "每月 5 日" in page
    schedule = client.get(LIST).context["rows"][0].schedule
    changed = fields | {"when": "release", "recipients": [leader.pk, auditor.pk]}
    assert client.post(f"{LIST}{schedule.pk}/", changed)["Location"] == LIST
    schedule.refresh_from_db()
    assert (schedule.when, schedule.day, schedule.recipients.count()) == ("release", None, 2)
    client.post(f"{LIST}{schedule.pk}/", {"switch": "0"})
    assert "已停用" in client.get(LIST).content.decode()


def test_the_list_asks_the_same_number_of_questions(client, administrator, setting):
    client.force_login(administrator)
    counts = []
    for number in (1, 2):
        for _again in range(number):
            setting()
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]
