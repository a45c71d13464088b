"""The Celery application: queues rollup, reports and default."""

import os
from contextlib import suppress
from typing import Any

from celery import Celery
from celery.signals import beat_init, before_task_publish, worker_init, worker_process_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lusong_edu.settings.local")

app = Celery("lusong_edu")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

QUEUES = ("rollup", "reports", "default")


@worker_init.connect
@beat_init.connect
def refuse_demo_accounts(**_: Any) -> None:
    """Before the first task; a refusal ends the program, where an error in a signal would be logged only."""
    from .demo_accounts import SENTENCE, active_demo_accounts

    if count := active_demo_accounts():
        raise SystemExit(f"error: {SENTENCE.format(count=count)}")


@worker_init.connect
def prepare_processes(**_: Any) -> None:
    """Connect late: Celery's own handler, which closes what a new process has inherited, comes first."""
    worker_process_init.connect(prepare_process, weak=False)


def prepare_process(**_: Any) -> None:
    """Let the process keep its connection, and meet what an acceptance asks for before the first one."""
    from django.db import connection

    from apps.rollups import warming

    connection.settings_dict["CONN_MAX_AGE"] = None
    warming.warm_up()


@worker_ready.connect
@beat_init.connect
def note_start(**_: Any) -> None:
    """The operations page waits for the first signs of life before it asks for a restart."""
    from django.db import DatabaseError

    from apps.core import heartbeats

    with suppress(DatabaseError):  # away, or not migrated: it is told elsewhere
        heartbeats.note_start()


@beat_init.connect
def show_beats_life(**_: Any) -> None:
    """From here on this process is beat: what it hands out shows that it lives."""
    from .tracing import show_beats_life

    before_task_publish.connect(show_beats_life, weak=False)
