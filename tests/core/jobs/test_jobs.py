"""Jobs without a worker: asked for, claimed once, made, shared, cancelled, failed, lost, expired."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core.jobs import files, running
from apps.core.jobs.enums import JobState
from apps.core.jobs.models import Job, JobFile
from apps.core.jobs.progress import Progress
from apps.core.jobs.running import job_run, jobs_sweep
from apps.core.jobs.services import job_cancel, job_claim, job_finish, job_request, job_retry, may_have
from tests.support import job_kinds

pytestmark = pytest.mark.django_db


def ask(by, **parameters):
    return job_request(kind="example", parameters=parameters, by=by)


def made(by, **parameters):
    job = ask(by, **parameters)
    job_run(job.pk)
    job.refresh_from_db()
    return job


def later(**span):
    return timezone.now() + dt.timedelta(**span)


def test_a_job_becomes_a_file(leader):
    job = made(leader, n=1)
    assert (job.state, job.attempts, job.claim, job.stage) == ("done", 1, "", "")
    with job.file.file.open("rb") as stored:
        content = stored.read()
    assert content == b"bureau 1"
    assert (job.file.size, job.file.sha256) == (8, hashlib.sha256(content).hexdigest())
    assert job.file.name == "示例.txt"
    assert "示例" not in job.file.path


def test_the_same_request_gives_the_same_job_then_the_same_file(leader):
    first = ask(leader, n=1)
    assert ask(leader, n=1) == first
    assert ask(leader, n=2) != first
    job_run(first.pk)
    assert ask(leader, n=1) == first
    assert JobFile.objects.count() == 1


def test_another_of_the_same_audience_joins_the_running_one(leader, auditor):
    first, second = ask(leader, n=1), ask(auditor, n=1)
    claimed = job_claim(first.pk, worker="one")
    assert job_claim(second.pk, worker="two") is None
    job_run(second.pk)  # nothing to do but to wait
    second.refresh_from_db()
    assert second.state == "waiting"
    built = job_kinds.build(claimed, Progress(claimed.pk, claimed.claim))
    assert job_finish(job=claimed, built=built, is_current=True)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("done", "done")
    assert first.file == second.file
    assert ask(auditor, n=1) == second


def test_a_file_made_for_one_audience_is_not_anothers(leader, reporter):
    bureau, school = made(leader, n=1), made(reporter, n=1)
    assert bureau.file != school.file
    assert bureau.file.sha256 != school.file.sha256


def test_who_asks_later_gets_the_file_that_is_there(leader, auditor):
    first = made(leader, n=1)
    second = ask(auditor, n=1)
    assert (second.state, second.file, second.owner) == ("done", first.file, auditor)


def test_what_is_not_for_somebody_is_not_made(leader, auditor):
    leader.role = "deputy"
    with pytest.raises(PermissionDenied):
        ask(leader, n=1)
    waiting = ask(auditor, n=1)
    auditor.role = "deputy"
    auditor.save()
    job_run(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.file) == ("failed", None)


def test_who_lost_the_role_loses_the_file(leader, auditor):
    job = made(leader, n=1)
    assert may_have(leader, job)
    assert not may_have(auditor, job)
    leader.role = "deputy"
    assert not may_have(leader, job)


def test_a_moved_reporter_does_not_get_the_old_schools_file(reporter):
    job = made(reporter, n=1)
    assert may_have(reporter, job)
    reporter.organisation_id += 1
    assert not may_have(reporter, job)


def test_a_claim_is_given_once(leader):
    job = ask(leader, n=1)
    assert job_claim(job.pk, worker="one").claimed_by == "one"
    assert job_claim(job.pk, worker="two") is None


def test_the_database_refuses_the_same_work_twice_at_a_time(leader, auditor):
    first, second = ask(leader, n=1), ask(auditor, n=1)
    job_claim(first.pk, worker="one")
    taken = {"state": "running", "claim": "x", "claimed_at": timezone.now(), "heartbeat_at": timezone.now()}
    with pytest.raises(IntegrityError, match="job_same_work_once_at_a_time"), transaction.atomic():
        Job.objects.filter(pk=second.pk).update(**taken)


def test_a_failure_is_a_sentence(leader):
    job = made(leader, fail="示例原因")
    assert (job.state, job.error, job.file) == ("failed", "示例原因", None)


def test_a_fault_tells_its_number_and_nothing_of_the_inside(leader, caplog):
    job = made(leader, **{"break": True})
    assert job.state == "failed"
    assert f"编号 {job.pk}" in job.error
    assert "secret" not in job.error
    assert f"job {job.pk} failed" in caplog.text
    assert "secret of the inside" in caplog.text


def test_cancelled_while_waiting(leader):
    job = ask(leader, n=1)
    assert job_cancel(job=job, by=leader)
    job_run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.file, job.attempts) == ("cancelled", None, 0)
    assert not job_cancel(job=job, by=leader)


def test_cancelled_while_running_stops_at_the_next_stage_and_leaves_no_file(leader, monkeypatch):
    job = ask(leader, n=1)
    stages = []
    honest = Progress.stage

    def cancelling(self, name, done, total):
        stages.append(name)
        if name == "writing":
            job_cancel(job=job, by=leader)
        honest(self, name, done, total)

    monkeypatch.setattr(Progress, "stage", cancelling)
    job_run(job.pk)
    job.refresh_from_db()
    assert stages == ["reading", "writing"]
    assert (job.state, job.file, JobFile.objects.count()) == ("cancelled", None, 0)


def test_cancelled_at_the_last_moment_drops_the_file(leader, settings):
    claimed = job_claim(ask(leader, n=1).pk, worker="one")
    job_cancel(job=Job.objects.get(), by=leader)
    built = job_kinds.BuiltFile("示例.txt", b"late", "text/plain")
    kept = files.keep(built, fingerprint="x")
    folder = kept.file.storage.path(kept.path).rpartition("/")[0]
    files.drop(kept)
    before = set(kept.file.storage.listdir(folder)[1])
    assert not job_finish(job=claimed, built=built, is_current=True)
    assert JobFile.objects.count() == 0
    assert set(kept.file.storage.listdir(folder)[1]) == before


def test_only_the_owner_cancels_and_tries_again(leader, auditor):
    job = ask(leader, n=1)
    for step in (job_cancel, job_retry):
        with pytest.raises(PermissionDenied):
            step(job=job, by=auditor)


@pytest.mark.parametrize("how", ["failed", "cancelled"])
def test_tried_again(leader, how, monkeypatch):
    job = ask(leader, n=1)
    if how == "failed":
        monkeypatch.setitem(job.parameters, "fail", "示例原因")
        job.save()
        job_run(job.pk)
        del job.parameters["fail"]
        Job.objects.filter(pk=job.pk).update(parameters={"n": 1})
    else:
        job_cancel(job=job, by=leader)
    job = job_retry(job=Job.objects.get(), by=leader)
    assert (job.state, job.error, job.finished_at, job.attempts) == ("waiting", "", None, 0)
    job_run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 1)


def test_a_job_whose_worker_died_is_taken_up_again(leader):
    job = ask(leader, n=1)
    job_claim(job.pk, worker="dead")
    assert jobs_sweep() == {"failed": 0, "again": 0, "queued": 0}
    assert jobs_sweep(now=later(minutes=1))["again"] == 1
    job_run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)


def test_the_dead_workers_late_result_is_not_taken(leader):
    job = ask(leader, n=1)
    late = job_claim(job.pk, worker="slow")
    jobs_sweep(now=later(minutes=1))
    assert not job_finish(
        job=late, built=job_kinds.BuiltFile("a.txt", b"late", "text/plain"), is_current=True
    )
    job.refresh_from_db()
    assert (job.state, job.file) == ("waiting", None)


def test_lost_three_times_it_fails_visibly(leader):
    job = ask(leader, n=1)
    for _attempt in range(running.MOST_ATTEMPTS):
        job_claim(job.pk, worker="dead")
        jobs_sweep(now=later(minutes=1))
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 3)
    assert "3" in job.error


def test_a_lost_message_is_sent_again(leader, django_capture_on_commit_callbacks):
    ask(leader, n=1)
    with django_capture_on_commit_callbacks() as sent:
        assert jobs_sweep()["queued"] == 0
        assert jobs_sweep(now=later(minutes=3))["queued"] == 1
    assert len(sent) == 1


def test_an_expired_file_is_deleted_and_its_row_says_so(leader):
    job = made(leader, n=1)
    storage, path = job.file.file.storage, job.file.path
    assert files.files_purge() == 0
    assert files.files_purge(now=later(days=91)) == 1
    job.refresh_from_db()
    assert (job.state, job.has_file, storage.exists(path)) == (JobState.DONE, False, False)
    again = job_retry(job=job, by=leader)
    assert (again.state, again == job) == ("waiting", False)


def test_bytes_that_no_row_knows_are_deleted_after_a_day(leader):
    job = made(leader, n=1)
    stray = files.keep(job_kinds.BuiltFile("示例.txt", b"stray", "text/plain"), fingerprint="")
    assert files.orphans_purge() == 0
    assert files.orphans_purge(now=later(days=2)) >= 1
    storage = job.file.file.storage
    assert (storage.exists(stray.path), storage.exists(job.file.path)) == (False, True)


def test_asking_again_keeps_the_file_longer(leader, auditor):
    job = made(leader, n=1)
    JobFile.objects.update(expires_at=later(days=1))
    ask(auditor, n=1)
    job.file.refresh_from_db()
    assert job.file.expires_at > later(days=80)


def test_another_source_is_another_file(leader, source):
    first = made(leader, n=1)
    source("2")
    second = made(leader, n=1)
    assert first.file != second.file
    source("1")
    assert ask(leader, n=1) == first


def test_what_changed_while_it_waited_is_made_as_it_is(leader, source):
    job = ask(leader, n=1)
    source("2")
    job_run(job.pk)
    assert ask(leader, n=1) == job


def test_what_changed_during_the_making_is_not_shared(leader, auditor, source, monkeypatch):
    job = ask(leader, n=1)
    monkeypatch.setattr(Progress, "stage", lambda *args: source("2"))
    job_run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.file.fingerprint) == ("done", "")
    assert ask(auditor, n=1).state == "waiting"
    source("1")
    assert ask(auditor, n=1).state == "waiting"
