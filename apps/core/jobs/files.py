"""The files that jobs made: kept under a random name, shared, deleted when their time is over."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterator
from pathlib import PurePath

from django.conf import settings
from django.core.files.storage import Storage, default_storage
from django.db import transaction
from django.utils import timezone

from apps.core.jobs.kinds import BuiltFile
from apps.core.jobs.models import JobFile
from apps.core.whole_files import save_whole

FOLDER = "jobs"


def keep(built: BuiltFile, *, fingerprint: str) -> JobFile:
    """Write the file and return its row, not saved yet (`drop` it when the row is not)."""
    row = JobFile(
        fingerprint=fingerprint,
        name=built.name[-200:],
        content_type=built.content_type,
        size=len(built.content),
        sha256=hashlib.sha256(built.content).hexdigest(),
        expires_at=expiry(),
    )
    name = f"{secrets.token_hex(16)}{PurePath(built.name).suffix.lower()}"
    save_whole(row.file, name, built.content)
    return row


def drop(row: JobFile) -> None:
    """Delete the bytes of a file whose row was not saved."""
    row.file.storage.delete(row.path)


def expiry() -> dt.datetime:
    """Return when a file made or asked for now is deleted."""
    return timezone.now() + dt.timedelta(days=settings.JOB_FILES_KEPT_DAYS)


def shared(fingerprint: str) -> JobFile | None:
    """Return the file that the same request made before, its time begun anew; None without one."""
    now = timezone.now()
    files = JobFile.objects.filter(fingerprint=fingerprint, deleted_at__isnull=True, expires_at__gt=now)
    for row in files.order_by("-pk"):
        alive = JobFile.objects.filter(pk=row.pk, deleted_at__isnull=True)
        if row.file.storage.exists(row.path) and alive.update(expires_at=expiry()):
            return row
    return None


def orphans_purge(*, now: dt.datetime | None = None) -> int:
    """Delete the bytes whose row was never saved because a worker died in between; a day is left for it."""
    storage, oldest = default_storage, (now or timezone.now()) - dt.timedelta(days=1)
    paths = [path for path in _paths(storage, FOLDER) if storage.get_modified_time(path) < oldest]
    known = set(JobFile.objects.filter(file__in=paths).values_list("file", flat=True))
    lost = [path for path in paths if path not in known]
    for path in lost:
        storage.delete(path)
    return len(lost)


def _paths(storage: Storage, folder: str) -> Iterator[str]:
    if not storage.exists(folder):
        return
    folders, names = storage.listdir(folder)
    yield from (f"{folder}/{name}" for name in names)
    for inner in folders:
        yield from _paths(storage, f"{folder}/{inner}")


def files_purge(*, now: dt.datetime | None = None) -> int:
    """Delete the files whose time is over; their rows stay and say so. Return how many."""
    over = JobFile.objects.filter(deleted_at__isnull=True, expires_at__lte=now or timezone.now())
    return sum(_purge(pk, now or timezone.now()) for pk in over.values_list("pk", flat=True))


def _purge(pk: int, now: dt.datetime) -> bool:
    """Mark the row first: a file that somebody asks for at this moment is either kept or said to be gone."""
    with transaction.atomic():
        rows = JobFile.objects.filter(pk=pk, deleted_at__isnull=True, expires_at__lte=now)
        if not rows.update(deleted_at=now):
            return False
    row = JobFile.objects.get(pk=pk)
    row.file.storage.delete(row.path)
    return True
