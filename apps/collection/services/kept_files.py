"""What becomes of files after they were taken in, whatever they support: scanned late, let go."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.collection.evidence import clamd
from apps.collection.models import Evidence
from apps.core.kept import Scan
from apps.plans.models import MeasureEvidence

KINDS: tuple[Any, ...] = (Evidence, MeasureEvidence)


def evidence_scan_waiting() -> int:
    """Scan the files that wait for the scanner; an infected one's content is removed. Returns how many."""
    done = 0
    waiting: Iterator[Evidence | MeasureEvidence] = chain.from_iterable(
        kind.objects.filter(scan=Scan.WAITING, erased_at=None).order_by("pk") for kind in KINDS
    )
    for kept in waiting:
        try:
            virus = clamd.virus_in(_content(kept.file)) if clamd.is_configured() else ""
        except clamd.ScannerUnavailable:
            break
        state = Scan.INFECTED if virus else Scan.CLEAN if clamd.is_configured() else Scan.NONE
        claimed = type(kept).objects.filter(pk=kept.pk, scan=Scan.WAITING)
        done += claimed.update(scan=state, scanned_at=timezone.now())
        if virus:
            kept.file.delete(save=False)
    return done


def _content(file: File) -> bytes:
    with file.open("rb") as opened:
        content: bytes = opened.read()
    return content


def file_let_go(*, kept: Evidence | MeasureEvidence, by: User, was_shown: bool) -> None:
    """Take a file away, its content for good; of one that others have been shown, the row stays.

    The caller has checked the right and holds the lock of what the file supports.
    """
    storage, path = kept.file.storage, kept.file.name
    if was_shown:
        kept.erased_at, kept.erased_by, kept.file = timezone.now(), by, ""
        kept.save(update_fields=["erased_at", "erased_by", "file"])
    else:
        kept.delete()
    if path:
        transaction.on_commit(partial(storage.delete, path))
