"""A person's reports: the list, the form, the bar, who may download."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from apps.core.jobs import files
from apps.core.jobs.models import Job, JobFile
from apps.core.jobs.running import job_run
from apps.core.jobs.services import job_claim, job_request
from tests.core.jobs.conftest import auditor, leader, reporter
from tests.dashboards.conftest import indicator, plan
from tests.factories import SchoolFactory, UserFactory
from tests.support import job_kinds

__all__ = ["auditor", "indicator", "leader", "plan", "reporter"]
pytestmark = pytest.mark.django_db
MINE = "/reports/"


def ask(by, **parameters):
    return job_request(kind="example", parameters=parameters, by=by)


def made(by, **parameters):
    job = ask(by, **parameters)
    job_run(job.pk)
    return Job.objects.get(pk=job.pk)


def download(client, user, job):
    client.force_login(user)
    return client.get(reverse("reports:job_file", args=[job.pk]))


def test_the_owner_downloads(client, leader):
    response = download(client, leader, made(leader, n=1))
    assert b"".join(response.streaming_content) == b"bureau 1"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E7%A4%BA%E4%BE%8B.txt"
    assert response["Cache-Control"] == "private, no-store"


def test_nobody_else_downloads_not_even_of_the_same_audience(client, leader, auditor, reporter):
    job = made(leader, n=1)
    assert download(client, auditor, job).status_code == 404
    assert download(client, reporter, job).status_code == 404


def test_a_school_never_gets_anothers(client, reporter):
    other = UserFactory(organisation=SchoolFactory(region=reporter.region))
    own, theirs = made(reporter, n=1), made(other, n=1)
    assert own.file.sha256 != theirs.file.sha256
    assert download(client, other, own).status_code == 404
    response = download(client, other, theirs)
    assert b"".join(response.streaming_content) == f"school:{other.organisation_id} 1".encode()


def test_who_lost_the_role_is_refused_and_told(client, leader):
    job = made(leader, n=1)
    leader.role = "deputy"
    leader.save()
    assert download(client, leader, job).status_code == 403
    page = client.get(MINE).content.decode()
    assert "您的角色或所属单位已变更" in page
    assert reverse("reports:job_file", args=[job.pk]) not in page
    assert reverse("reports:job_retry", args=[job.pk]) not in page


def test_who_now_reads_as_another_has_it_made_anew(client, reporter):
    job = made(reporter, n=1)
    reporter.organisation = SchoolFactory(region=reporter.region)
    reporter.save()
    assert download(client, reporter, job).status_code == 403
    assert reverse("reports:job_retry", args=[job.pk]) in client.get(MINE).content.decode()
    client.post(reverse("reports:job_retry", args=[job.pk]))
    again = Job.objects.order_by("-pk").first()
    assert (again == job, again.state, again.audience) == (
        False,
        "waiting",
        f"school:{reporter.organisation_id}",
    )


def test_an_expired_file_is_said_to_be_gone_and_made_again(client, leader):
    job = made(leader, n=1)
    files.files_purge(now=timezone.now() + dt.timedelta(days=91))
    response = download(client, leader, job)
    assert response["Location"] == MINE
    page = client.get(MINE).content.decode()
    assert "已过期" in page
    assert "文件已不存在" in page
    client.post(reverse("reports:job_retry", args=[job.pk]))
    assert list(Job.objects.values_list("state", flat=True)) == ["waiting", "done"]


def test_the_bar_tells_stage_and_share_and_stops_asking_when_done(client, leader):
    job = ask(leader, n=1)
    claimed = job_claim(job.pk, worker="one")
    Job.objects.update(stage="写入", stage_done=1, stage_total=4)
    client.force_login(leader)
    line = client.get(reverse("reports:job", args=[job.pk]), headers={"HX-Request": "true"}).content.decode()
    assert 'value="25"' in line
    assert "写入（已完成 1/4 步）" in line
    assert 'hx-trigger="every 2s"' in line
    assert "<html" not in line
    built = job_kinds.BuiltFile("示例.txt", b"x", "text/plain")
    from apps.core.jobs.services import job_finish

    job_finish(job=claimed, built=built, is_current=True)
    line = client.get(reverse("reports:job", args=[job.pk]), headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in line
    assert reverse("reports:job_file", args=[job.pk]) in line


def test_cancelled_by_its_button(client, leader):
    job = ask(leader, n=1)
    client.force_login(leader)
    assert client.post(reverse("reports:job_cancel", args=[job.pk]))["Location"] == MINE
    assert Job.objects.get().state == "cancelled"
    assert "您已取消" in client.get(MINE).content.decode()


def test_an_empty_list_says_what_to_do(client, leader, reporter):
    client.force_login(leader)
    page = client.get(MINE).content.decode()
    assert "请在上方选择报告" in page
    assert "会议演示文稿" in page
    client.force_login(reporter)
    page = client.get(MINE).content.decode()
    assert "单校数据手册" in page
    assert "会议演示文稿" not in page
    assert "总览数据表" not in page


def circular(user):
    """A job whose audience is asked of the database."""
    number = Job.objects.count()
    named = {"circular": number, "plan": 0, "year": 2025, "quarter": 1, "version": 1}
    return Job.objects.create(
        owner=user,
        kind="circular",
        parameters=named,
        audience="circulation",
        language="zh-hans",
        on=dt.date(2025, 4, 2),
        fingerprint=f"{number:064}",
    )


def test_the_list_asks_the_same_number_of_questions(client, leader):
    client.force_login(leader)
    counts = []
    for number in (2, 6):
        while Job.objects.count() < number:
            made(leader, n=Job.objects.count())
            circular(leader)
        client.get(MINE)
        with CaptureQueriesContext(connection) as queries:
            client.get(MINE)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_overview_is_made_and_is_what_the_direct_workbook_is(client, indicator, plan):
    reader = UserFactory(role="leader", region=plan.region)
    client.force_login(reader)
    address = reverse("reports:new", args=["overview-workbook"])
    assert client.get(address).status_code == 200
    refused = client.post(address, {"year": plan.year, "quarter": "9"})
    assert refused.status_code == 422
    assert client.post(address, {"year": plan.year, "quarter": "2"})["Location"] == MINE
    assert client.post(address, {"year": plan.year, "quarter": "2"})["Location"] == MINE
    job = Job.objects.get()
    job_run(job.pk)
    content = b"".join(client.get(reverse("reports:job_file", args=[job.pk])).streaming_content)
    direct = client.get(reverse("reports:overview_xlsx", args=[plan.year]) + "?quarter=2").content
    assert _cells(content) == _cells(direct)
    plan.generation += 1
    plan.save()
    client.post(address, {"year": plan.year, "quarter": "2"})
    assert (Job.objects.count(), JobFile.objects.count()) == (2, 1)


def _cells(content):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
