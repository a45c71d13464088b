"""Background work without a domain word in it."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.core.management import call_command

from apps.core import heartbeats
from apps.core.audit import digests
from apps.core.jobs import files, running


@shared_task
def show_life(queue: str) -> None:
    """Leave a sign that a worker takes tasks from `queue`."""
    heartbeats.beat(heartbeats.QUEUE + queue)


@shared_task(soft_time_limit=settings.JOB_SECONDS, time_limit=settings.JOB_SECONDS + 30)
def run_job(pk: int) -> None:
    """Make what a job asks for; the job, not the message, says whether it is still to be made."""
    running.job_run(pk)


@shared_task
def sweep_jobs() -> None:
    """Take up again what a dead worker or a lost message left."""
    heartbeats.beat(heartbeats.JOBS, **running.jobs_sweep())


@shared_task
def purge_job_files() -> None:
    """Delete the files whose time is over, and those that no row knows."""
    heartbeats.beat(heartbeats.JOB_FILES, deleted=files.files_purge(), orphans=files.orphans_purge())


@shared_task
def digest_audit() -> None:
    """Take the fingerprints of the audit rows of the days that are closed."""
    heartbeats.beat(heartbeats.AUDIT, written=len(digests.digests_write()))


@shared_task
def clear_sessions() -> None:
    """Remove the logins that are over."""
    call_command("clearsessions")
