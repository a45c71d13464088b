"""Signs of life of recurring work, in real time: when it was last done and what it found."""

from __future__ import annotations

from django.utils import timezone

from apps.core.models import Heartbeat

QUEUE = "queue:"
PERIODS = "periods"
SWEEP = "sweep"
SWEEP_WITH_WORK = "sweep-with-work"
REBUILD = "rebuild"
CHASE = "chase"
JOBS = "jobs"
JOB_FILES = "job-files"
OFFICE = "office"
SCHEDULES = "report-schedules"


def beat(name: str, **detail: int | str) -> None:
    """Record that the work `name` has just been done (one statement)."""
    now = timezone.now()
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=now, detail=detail)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at", "detail"],
    )


def latest() -> dict[str, Heartbeat]:
    """Return the last sign of each work by name (one query)."""
    return {heartbeat.name: heartbeat for heartbeat in Heartbeat.objects.all()}
