"""Releasing as people do it: the checklist holds at the moment of freezing, each version is made once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from apps.core import clock
from apps.core.jobs.models import Job
from apps.core.jobs.running import job_run
from apps.reports.models import Release
from apps.reports.releases.checklist_facts import checklist_of
from apps.reports.releases.services import text_save
from tests.factories import UserFactory
from tests.reports.releases.district import AFTER, QUARTER, accepted, freeze, reopened, tokens

PREPARING = "/releases/2025/2/"


def points(small_district, by, quarter=QUARTER):
    found = checklist_of(small_district.plan, quarter=quarter, by=by)
    return {str(finding.point): finding.count for finding in found}


def test_a_settled_quarter_is_released_with_what_was_read(small_district, submission, head):
    release = freeze(small_district, head, notes="示例说明")
    assert (release.version, release.notes, release.business_date) == (1, "示例说明", AFTER)
    assert {row["point"] for row in release.checklist} == set(points(small_district, head))
    assert {row["acknowledged_by"] for row in release.checklist} == {"示例局领导"}
    assert {row["acknowledged_on"] for row in release.checklist} == {"2025-09-01"}


def test_a_correction_in_hand_stops_it_and_an_unread_warning_too(small_district, submission, head):
    with pytest.raises(ValidationError):
        freeze(small_district, head, acknowledged=[])
    read = tokens(small_district, head)
    reopened(small_district, submission)
    assert points(small_district, head)["unreviewed"] == 1
    with pytest.raises(ValidationError):
        freeze(small_district, head, acknowledged=read)
    assert Release.objects.count() == 0


def test_results_that_are_not_refreshed_stop_it(small_district, submission, head):
    from apps.rollups.outbox import mark_plan_stale

    mark_plan_stale(plan=small_district.plan)
    assert points(small_district, head)["stale"] == len(small_district.indicators)
    with pytest.raises(ValidationError):
        freeze(small_district, head)


def test_a_quarter_before_its_corrections_close_is_not_released(small_district, submission, head):
    closes = small_district.periods[QUARTER].closes_on
    with clock.held_at(closes):
        assert points(small_district, head)["not_closed"] == 1
    with clock.held_at(closes + dt.timedelta(days=1)):
        assert "not_closed" not in points(small_district, head)
    assert points(small_district, head, quarter=3)["not_over"] == 1


def test_the_list_is_the_same_for_whoever_asks(small_district, submission, head):
    office = small_district.staff_user
    assert checklist_of(small_district.plan, quarter=QUARTER, by=office) == checklist_of(
        small_district.plan, quarter=QUARTER, by=head
    )


def test_what_was_asked_twice_is_made_once_and_a_second_person_is_told(small_district, submission, head):
    other = UserFactory(role="leader", region=small_district.plan.region)
    release = freeze(small_district, head)
    assert freeze(small_district, head, version=1) == release
    with pytest.raises(ValidationError) as refused:
        freeze(small_district, other, version=1)
    assert "他人" in refused.value.messages[0]
    assert Release.objects.count() == 1


def test_who_does_not_release_does_not(small_district, submission, head):
    with pytest.raises(PermissionDenied):
        freeze(small_district, small_district.staff_user, acknowledged=tokens(small_district, head))


def posted(small_district, head, **fields):
    client = Client()
    client.force_login(head)
    return client, client.post(
        PREPARING, {"acknowledged": tokens(small_district, head), "notes": "", **fields}
    )


def test_the_button_starts_it_and_the_progress_leads_to_the_release(
    small_district, submission, head, django_capture_on_commit_callbacks
):
    client, response = posted(small_district, head, notes="说明")
    job = Job.objects.get()
    assert response["Location"] == f"/releases/2025/2/making/{job.pk}/"
    assert client.get(response["Location"]).status_code == 200
    job_run(job.pk)
    job.refresh_from_db()
    release = Release.objects.get()
    assert job.error == ""
    assert client.get(response["Location"])["Location"] == "/releases/2025/2/v1/"
    htmx = client.get(response["Location"], headers={"HX-Request": "true"})
    assert htmx["HX-Redirect"] == "/releases/2025/2/v1/"
    assert job.file is not None
    with job.file.file.open("rb") as certificate:
        assert release.sha256 in certificate.read().decode()


def test_a_worker_that_died_after_the_freezing_makes_no_second_version(small_district, submission, head):
    posted(small_district, head)
    job = Job.objects.get()
    job_run(job.pk)
    Job.objects.update(state="waiting", file=None, finished_at=None)
    job_run(job.pk)
    job.refresh_from_db()
    assert (job.state, Release.objects.count()) == ("done", 1)


def test_what_came_up_while_it_waited_fails_it_in_words(small_district, submission, head):
    client, response = posted(small_district, head)
    reopened(small_district, submission)
    job = Job.objects.get()
    job_run(job.pk)
    job.refresh_from_db()
    assert (job.state, Release.objects.count()) == ("failed", 0)
    assert "核对清单" in job.error
    assert job.error in client.get(response["Location"]).content.decode()


def test_a_form_that_is_not_complete_keeps_what_was_typed(small_district, submission, head):
    freeze(small_district, head)
    client = Client()
    client.force_login(head)
    read = tokens(small_district, head)
    response = client.post(PREPARING, {"acknowledged": read[:1], "notes": "已写的说明", "reason": ""})
    page = response.content.decode()
    assert response.status_code == 422
    assert "已写的说明" in page
    assert page.count(" checked") == 1
    assert Job.objects.count() == 0


def test_the_next_version_follows_a_correction(small_district, submission, head):
    first = freeze(small_district, head)
    reopened(small_district, submission)
    accepted(small_district, submission)
    second = freeze(small_district, head, reason="更正一所学校")
    assert (second.version, second.reason) == (2, "更正一所学校")
    assert first.sha256 != second.sha256


def test_pages_of_the_archive_ask_as_much_for_one_version_as_for_three(
    small_district, submission, head, django_assert_max_num_queries
):
    client = Client()
    client.force_login(head)
    freeze(small_district, head)
    with django_assert_max_num_queries(25) as one:
        client.get(reverse("reports:releases"))
    for reason in ("更正", "再更正"):
        freeze(small_district, head, reason=reason)
    with django_assert_max_num_queries(len(one)):
        page = client.get(reverse("reports:releases")).content.decode()
    assert page.count("/releases/2025/2/v") == 3


def test_a_text_is_written_and_a_second_writer_loses_nothing(small_district, head):
    client = Client()
    client.force_login(small_district.health_user)
    address = reverse("reports:release_texts", args=[2025, QUARTER, 6])
    seen = {"judgement_version": "0", "next_steps_version": "0", "next_steps": ""}
    assert client.post(address, {**seen, "judgement": "总体平稳。"}).status_code == 302
    late = client.post(address, {**seen, "judgement": "我写的另一段。"})
    assert late.status_code == 422
    assert "我写的另一段。" in late.content.decode()
    assert "总体平稳。" in client.get(PREPARING).content.decode()


def test_a_text_shows_who_changed_it(small_district, head):
    text_save(plan=small_district.plan, quarter=QUARTER, kind="judgement", area=None, body="平稳。", by=head)
    client = Client()
    client.force_login(small_district.health_user)
    page = client.get(PREPARING).content.decode()
    assert "平稳。" in page
    assert "示例局领导" in page
