"""Every change of a job's state: one conditional UPDATE each, so that two never both succeed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import get_language

from apps.core import clock
from apps.core.after_commit import send_after_commit
from apps.core.jobs import files
from apps.core.jobs.enums import UNFINISHED, JobState
from apps.core.jobs.kinds import BuiltFile, kind_of, knows
from apps.core.jobs.models import Job, JobFile

AFRESH: dict[str, Any] = {
    "stage": "",
    "stage_done": 0,
    "stage_total": 0,
    "error": "",
    "claim": "",
    "claimed_by": "",
    "claimed_at": None,
    "heartbeat_at": None,
}


@transaction.atomic
def job_request(*, kind: str, parameters: Mapping[str, Any], by: Any, language: str = "") -> Job:
    """Ask for something; the same request again gives the job that is under way, or the file there is.

    Args:
        parameters: as the kind has checked them; JSON.
        language: the one in force when not given.

    Raises:
        PermissionDenied: its content is not for `by`.
    """
    found = kind_of(kind)
    audience = found.audience(by, parameters)
    if audience is None:
        raise PermissionDenied
    spoken = language or get_language() or "en"
    fingerprint = found.fingerprint(by, parameters, audience=audience, language=spoken)
    own = Job.objects.filter(owner=by, fingerprint=fingerprint)
    ready = files.shared(fingerprint)
    if ready is not None and (job := own.filter(state=JobState.DONE, file=ready).first()):
        return job
    job = Job(
        owner=by,
        kind=kind,
        parameters=dict(parameters),
        audience=audience,
        language=spoken,
        on=clock.today(),
        fingerprint=fingerprint,
    )
    if ready is not None:
        job.state, job.file, job.finished_at = JobState.DONE, ready, timezone.now()
        job.save()
        return job
    return _queued_once(job)


def _queued_once(job: Job) -> Job:
    """Save a waiting job unless its owner has one under way already; that one is returned then."""
    own = Job.objects.filter(owner=job.owner, fingerprint=job.fingerprint, state__in=UNFINISHED)
    if running := own.first():
        return running
    try:
        with transaction.atomic():
            job.save()
    except IntegrityError:  # a second click at the same moment
        if running := own.first():
            return running
        raise
    enqueue(job)
    return job


def enqueue(job: Job) -> None:
    """Tell the workers, once it is committed; a lost message is noticed by the sweep."""
    from apps.core.tasks import run_job

    Job.objects.filter(pk=job.pk).update(queued_at=timezone.now())
    send_after_commit(run_job, job.pk, queue=queue_of(job))


def queue_of(job: Job) -> str:
    return kind_of(job.kind).queue if knows(job.kind) else "default"


def job_claim(pk: int, *, worker: str) -> Job | None:
    """Take a waiting job; None when it is not waiting, or the same work is running already."""
    same = Job.objects.filter(fingerprint=OuterRef("fingerprint"), state=JobState.RUNNING)
    waiting = Job.objects.filter(~Exists(same), pk=pk, state=JobState.WAITING)
    now = timezone.now()
    values = AFRESH | {
        "state": JobState.RUNNING,
        "claim": secrets.token_hex(16),
        "claimed_by": worker[:120],
        "claimed_at": now,
        "heartbeat_at": now,
        "attempts": F("attempts") + 1,
    }
    try:
        with transaction.atomic():
            claimed = waiting.update(**values)
    except IntegrityError:  # the same work was claimed for somebody else at this moment
        return None
    return Job.objects.select_related("owner").get(pk=pk) if claimed else None


@transaction.atomic
def job_share(pk: int) -> bool:
    """Finish a waiting job with the file that the same request made before; False without one."""
    job = Job.objects.select_for_update().filter(pk=pk, state=JobState.WAITING).first()
    ready = files.shared(job.fingerprint) if job else None
    if job is None or ready is None:
        return False
    return _done(Job.objects.filter(pk=pk, state=JobState.WAITING), ready) == 1


def job_finish(*, job: Job, built: BuiltFile, is_current: bool) -> bool:
    """Keep what a claimed job made, for all who wait for the same; False when the claim is lost.

    Args:
        is_current: what it is made from is still what it was at the beginning, so that it may be shared.
    """
    row = files.keep(built, fingerprint=job.fingerprint if is_current else "")
    try:
        with transaction.atomic():
            held = Job.objects.select_for_update().filter(pk=job.pk, state=JobState.RUNNING, claim=job.claim)
            if not held.exists():
                files.drop(row)
                return False
            row.save()
            _done(held, row)
            if is_current:
                _done(Job.objects.filter(fingerprint=job.fingerprint, state=JobState.WAITING), row)
    except Exception:
        files.drop(row)
        raise
    next_in_line(job.fingerprint)
    return True


def _done(jobs: Any, row: JobFile) -> int:
    count: int = jobs.update(state=JobState.DONE, file=row, finished_at=timezone.now(), stage="", claim="")
    return count


def job_fail(*, job: Job, words: str) -> bool:
    """Say in words why a claimed job failed; False when the claim is lost."""
    held = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, claim=job.claim)
    failed = held.update(state=JobState.FAILED, error=words[:500], finished_at=timezone.now(), claim="")
    next_in_line(job.fingerprint)
    return failed == 1


def next_in_line(fingerprint: str) -> None:
    """Let the first of those who wait for the same work begin it."""
    if waiting := Job.objects.filter(fingerprint=fingerprint, state=JobState.WAITING).order_by("pk").first():
        enqueue(waiting)


@transaction.atomic
def job_cancel(*, job: Job, by: Any) -> bool:
    """Cancel a job that waits or runs; its worker stops at its next stage. False: it was finished already."""
    if job.owner_id != by.pk:
        raise PermissionDenied
    open_ones = Job.objects.filter(pk=job.pk, state__in=UNFINISHED)
    cancelled = open_ones.update(state=JobState.CANCELLED, finished_at=timezone.now(), claim="")
    if cancelled:
        next_in_line(job.fingerprint)
    job.refresh_from_db()
    return cancelled == 1


@transaction.atomic
def job_retry(*, job: Job, by: Any) -> Job:
    """Try a job again that failed or was cancelled; one whose file is gone, or now another's, is asked anew.

    Raises:
        PermissionDenied: it is another's, or its content is no longer for `by`.
    """
    if job.owner_id != by.pk or not knows(job.kind):
        raise PermissionDenied
    if job.state == JobState.DONE:
        return job if job.has_file and may_have(by, job) else _again(job, by)
    if job.is_unfinished:
        return job
    found = kind_of(job.kind)
    audience = found.audience(by, job.parameters)
    if audience is None:
        raise PermissionDenied
    fingerprint = found.fingerprint(by, job.parameters, audience=audience, language=job.language)
    if running := Job.objects.filter(owner=by, fingerprint=fingerprint, state__in=UNFINISHED).first():
        return running
    ended = Job.objects.filter(pk=job.pk, state__in=(JobState.FAILED, JobState.CANCELLED))
    values: dict[str, Any] = {"audience": audience, "fingerprint": fingerprint, "on": clock.today()}
    if ended.update(**(AFRESH | values), state=JobState.WAITING, attempts=0, finished_at=None):
        enqueue(job)
    job.refresh_from_db()
    return job


def _again(job: Job, by: Any) -> Job:
    return job_request(kind=job.kind, parameters=job.parameters, by=by, language=job.language)


def may_have(user: Any, job: Job) -> bool:
    """Tell whether a user may have what a job made: its owner, still of the audience it was made for."""
    if job.owner_id != user.pk:
        return False
    return audience_now(user, job) == job.audience


def audience_now(user: Any, job: Job) -> str | None:
    """Return for whom the content would be if the user asked now; None: not for this user any more."""
    if not user.is_active or not knows(job.kind):
        return None
    return kind_of(job.kind).audience(user, job.parameters)
