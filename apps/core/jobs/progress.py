"""What a builder tells while it works, and the sign of life beside it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connections
from django.utils import timezone

from apps.core.jobs.enums import JobState
from apps.core.jobs.errors import CancelledError
from apps.core.jobs.models import Job

logger = logging.getLogger(__name__)

BEAT_SECONDS = 5.0


class Progress:
    """The bar of one claimed job."""

    def __init__(self, pk: int, claim: str) -> None:
        self.pk = pk
        self.claim = claim

    def stage(self, name: str, done: int, total: int) -> None:
        """Say what is being made now, and how many of how many parts are behind (1 statement).

        Raises:
            CancelledError: the person cancelled it, or it was taken for lost and given to another worker.
        """
        held = Job.objects.filter(pk=self.pk, state=JobState.RUNNING, claim=self.claim)
        if not held.update(
            stage=name[:120], stage_done=min(done, total), stage_total=total, heartbeat_at=timezone.now()
        ):
            raise CancelledError


@contextmanager
def beating(pk: int, claim: str) -> Iterator[None]:
    """Show life every few seconds while the block runs, also while one stage takes long."""
    stop = threading.Event()
    thread = threading.Thread(target=_beat, args=(pk, claim, stop), daemon=True, name=f"job-{pk}")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(BEAT_SECONDS)


def _beat(pk: int, claim: str, stop: threading.Event) -> None:
    try:
        while not stop.wait(BEAT_SECONDS):
            try:
                Job.objects.filter(pk=pk, claim=claim).update(heartbeat_at=timezone.now())
            except DatabaseError:  # the next beat may get through; without any the job is taken for lost
                logger.warning("job %s could not show life", pk, exc_info=True)
                connections.close_all()
    finally:
        connections.close_all()
