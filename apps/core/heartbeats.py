"""Signs of life of recurring work, in real time: when it was last done and what it found.

Time is that of the database's clock alone, so that machines whose clocks differ mean the same.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now

from apps.core.models import Heartbeat

CLOCK_TOLERANCE = dt.timedelta(minutes=1)
QUEUE = "queue:"
PERIODS = "periods"
SWEEP = "sweep"
BEAT = "beat"
BACKUP = "backup"
BACKUP_VERIFIED = "backup-verified"
SWEEP_WITH_WORK = "sweep-with-work"
REBUILD = "rebuild"
CHASE = "chase"
JOBS = "jobs"
JOB_FILES = "job-files"
OFFICE = "office"
SCHEDULES = "report-schedules"
AUDIT = "audit"
STARTED = "started"
STARTS_ANEW = dt.timedelta(hours=1)


AGE = ExpressionWrapper(Now() - F("at"), output_field=DurationField())


def beat(name: str, **detail: int | str) -> None:
    """Record that the work `name` has just been done (one statement)."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=Now(), detail=detail)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at", "detail"],
    )


def note_start() -> None:
    """Record that worker or beat has started; not again while the last start has brought no sign of life.

    Otherwise a worker that dies and is started again and again would be starting for ever.
    """
    last = Heartbeat.objects.filter(name=STARTED).annotate(age=AGE).first()
    alive = Heartbeat.objects.filter(name__startswith=QUEUE)
    if last is None or last.age > STARTS_ANEW or alive.filter(at__gt=last.at).exists():
        beat(STARTED)


def ages() -> dict[str, dt.timedelta]:
    """Return by name how long ago each work was last done, by the database's clock (one query)."""
    return dict(Heartbeat.objects.annotate(age=AGE).values_list("name", "age"))


def is_fresh(age: dt.timedelta, patience: dt.timedelta) -> bool:
    """Tell whether a sign is recent. One from the future is none: the clock was set back since."""
    return -CLOCK_TOLERANCE <= age <= patience


def latest() -> dict[str, Heartbeat]:
    """Return the last sign of each work by name (one query)."""
    return {heartbeat.name: heartbeat for heartbeat in Heartbeat.objects.all()}
