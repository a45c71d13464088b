"""Jobs with a real Celery worker: made and downloaded, cancelled while running, taken up after a kill."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.jobs.models import Job
from apps.core.jobs.running import jobs_sweep
from apps.core.jobs.services import job_cancel, job_request
from lusong_edu.embedded.processes import wait_until
from tests.factories import UserFactory
from tests.support import job_kinds  # noqa: F401 - registers the example
from tests.support.celery_worker import CeleryWorker

pytestmark = pytest.mark.worker
PATIENCE = 60


@pytest.fixture
def worker(transactional_db, tmp_path):
    worker = CeleryWorker(tmp_path / "celery.log", modules=["tests.support.job_kinds"])
    worker.start()
    yield worker
    worker.kill()


@pytest.fixture
def leader(worker):
    return UserFactory(role="leader")


def ask(by, **parameters):
    return job_request(kind="example", parameters=parameters, by=by)


def comes_to(job, state, stage=""):
    """Wait until a job is in a state (and stage)."""

    def there() -> bool:
        job.refresh_from_db()
        return job.state == state and job.stage.startswith(stage)

    return wait_until(there, PATIENCE)


def test_made_followed_downloaded_and_cancelled(worker, leader, client, tmp_path):
    gate = tmp_path / "gate"
    job = ask(leader, n=1, gate=str(gate))
    assert comes_to(job, "running", "waiting for the gate")
    assert (job.stage_done, job.stage_total, job.percent) == (1, 3, 33)
    colleague = UserFactory(role="auditor", region=leader.region)
    joined = ask(colleague, n=1, gate=str(gate))
    gate.touch()
    assert comes_to(job, "done")
    assert comes_to(joined, "done")
    assert joined.file_id == job.file_id
    client.force_login(leader)
    answer = client.get(reverse("reports:job_file", args=[job.pk]))
    assert b"".join(answer.streaming_content) == b"bureau 1"
    assert ask(leader, n=1, gate=str(gate)) == job

    never = ask(leader, n=2, gate=str(tmp_path / "never"))
    assert comes_to(never, "running", "waiting for the gate")
    assert job_cancel(job=never, by=leader)
    after = ask(leader, n=3)
    assert comes_to(after, "done")
    assert f"job {never.pk} was cancelled" in worker.log.read_text()
    never.refresh_from_db()
    assert (never.state, never.file) == ("cancelled", None)


def test_a_killed_worker_is_noticed_and_another_makes_it(worker, leader, tmp_path):
    gate = tmp_path / "gate"
    job = ask(leader, n=1, gate=str(gate))
    assert comes_to(job, "running", "waiting for the gate")
    worker.kill()
    assert jobs_sweep()["again"] == 0
    assert jobs_sweep(now=timezone.now() + dt.timedelta(minutes=1))["again"] == 1
    assert Job.objects.get().state == "waiting"
    gate.touch()
    worker.start()
    assert comes_to(job, "done")
    assert job.attempts == 2
