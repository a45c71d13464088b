"""A worker's side: claim, build, keep; and the sweep that notices what dead workers left."""

from __future__ import annotations

import datetime as dt
import logging
import os
import socket

from billiard.exceptions import SoftTimeLimitExceeded
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.jobs.enums import JobState
from apps.core.jobs.errors import CancelledError, JobFailure
from apps.core.jobs.kinds import BuiltFile, JobKind, kind_of, knows
from apps.core.jobs.models import Job
from apps.core.jobs.progress import Progress, beating
from apps.core.jobs.services import AFRESH, enqueue, job_claim, job_fail, job_finish, job_share, next_in_line
from apps.core.whole_files import DiskFull

logger = logging.getLogger(__name__)

LOST_AFTER = dt.timedelta(seconds=45)
FORGOTTEN_AFTER = dt.timedelta(minutes=2)
MOST_ATTEMPTS = 3


def job_run(pk: int) -> None:
    """Make what a job asks for, unless it is made or being made already."""
    _bring_up_to_date(pk)
    if job_share(pk):
        return
    job = job_claim(pk, worker=f"{socket.gethostname()}:{os.getpid()}")
    if job is None:
        return
    with translation.override(job.language), clock.held_at(job.on), beating(job.pk, job.claim):
        try:
            _make(job)
        except CancelledError:
            logger.info("job %s was cancelled", pk)
        except JobFailure as failure:
            logger.warning("job %s failed: %s", pk, failure)
            job_fail(job=job, words=str(failure))
        except DiskFull:
            logger.error("job %s found no room on the disk", pk)
            job_fail(job=job, words=_("The platform's disk is full. Tell the administrator, then try again."))
        except SoftTimeLimitExceeded:
            logger.exception("job %s took too long", pk)
            job_fail(job=job, words=_("It took too long and was stopped. Try again when less is going on."))
        except Exception:
            logger.exception("job %s failed", pk)
            job_fail(job=job, words=_fault(pk))


def _fault(pk: int) -> str:
    text = _(
        "It could not be made because of a fault in the platform. Try again; if it fails again, "
        "tell the administrator the number %(number)s."
    )
    return text % {"number": pk}


def _bring_up_to_date(pk: int) -> None:
    """While a job waited, what it is made from may have changed: it is that of today which is made."""
    job = Job.objects.select_related("owner").filter(pk=pk, state=JobState.WAITING).first()
    if job is not None and knows(job.kind):
        current = _fingerprint(kind_of(job.kind), job)
        same = Job.objects.filter(owner=job.owner, fingerprint=current, state__in=("waiting", "running"))
        if current != job.fingerprint and not same.exists():
            Job.objects.filter(pk=pk, state=JobState.WAITING).update(fingerprint=current)


def _fingerprint(kind: JobKind, job: Job) -> str:
    return kind.fingerprint(job.owner, job.parameters, audience=job.audience, language=job.language)


def _make(job: Job) -> None:
    if not knows(job.kind):
        raise JobFailure(_("This kind of file is no longer made."))
    kind = kind_of(job.kind)
    if kind.audience(job.owner, job.parameters) != job.audience:
        raise JobFailure(_("Its content is no longer for you: your role or office has changed."))
    built: BuiltFile = kind.build(job, Progress(job.pk, job.claim))
    job_finish(job=job, built=built, is_current=_fingerprint(kind, job) == job.fingerprint)


def jobs_sweep(*, now: dt.datetime | None = None) -> dict[str, int]:
    """Take up again what a dead worker left, and what no worker ever heard of; return how many of each.

    A job that was lost with its worker three times fails visibly: it may be what kills them.
    """
    moment = now or timezone.now()
    silent = Job.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=moment - LOST_AFTER)
    counts = {"failed": 0, "again": 0, "queued": 0}
    for job in silent:
        held = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, claim=job.claim)
        if job.attempts >= MOST_ATTEMPTS:
            counts["failed"] += _give_up(job, held, moment)
        elif held.update(**AFRESH, state=JobState.WAITING):
            logger.warning("job %s: its worker %s is gone; it is taken up again", job.pk, job.claimed_by)
            enqueue(job)
            counts["again"] += 1
    forgotten = Q(queued_at__isnull=True) | Q(queued_at__lt=moment - FORGOTTEN_AFTER)
    for job in Job.objects.filter(forgotten, state=JobState.WAITING).order_by("pk"):
        enqueue(job)
        counts["queued"] += 1
    return counts


def _give_up(job: Job, held: QuerySet[Job], moment: dt.datetime) -> int:
    with translation.override(job.language):
        words = _("It was interrupted %(count)s times and is not tried again by itself.") % {
            "count": job.attempts
        }
    failed = held.update(state=JobState.FAILED, error=words, finished_at=moment, claim="")
    if failed:
        logger.error("job %s was lost with its worker %s times", job.pk, job.attempts)
        next_in_line(job.fingerprint)
    return failed
