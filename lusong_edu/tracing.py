"""The number of the request travels with the tasks it asks for; tasks are counted and timed."""

from __future__ import annotations

import logging
import time
from contextvars import Token
from typing import Any

from celery.signals import before_task_publish, task_postrun, task_prerun
from django.db import DatabaseError, close_old_connections

from apps.core import heartbeats
from apps.core.requests import Origin, held, origin

from .logs import Running, running

HEADER = "lusong_request"
JOB_TASK = "apps.core.tasks.run_job"
BEAT_SECONDS = 10.0

_open: dict[str, tuple[Any, Token[Running], float]] = {}
_last_beat = 0.0


@before_task_publish.connect
def send_number(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """Writes the request's number on the message."""
    if headers is not None and origin().number:
        headers[HEADER] = origin().number


@task_prerun.connect
def begin(task_id: str = "", task: Any = None, args: Any = (), **_: Any) -> None:
    """Holds number, task and job while the task runs; a connection that is dead or too old is replaced."""
    close_old_connections()
    number = str(getattr(task.request, HEADER, "") or "")[:64]
    holder = held(Origin(number=number))
    holder.__enter__()
    job = args[0] if task.name == JOB_TASK and args else 0
    _open[task_id] = (holder, running.set(Running(task.name, task_id, job)), time.perf_counter())


@task_postrun.connect
def end(task_id: str = "", task: Any = None, state: str = "", **_: Any) -> None:
    """Counts it and lets go."""
    from .health import metrics

    if (opened := _open.pop(task_id, None)) is None:
        return
    holder, token, begun = opened
    metrics.TASKS.labels(task.name, state or "unknown").inc()
    metrics.TASK_SECONDS.labels(task.name).observe(time.perf_counter() - begun)
    running.reset(token)
    holder.__exit__(None, None, None)


def show_beats_life(**_: Any) -> None:
    """In beat's process: a sign of its own whenever it hands something out, also while Redis is away."""
    global _last_beat
    if time.monotonic() - _last_beat < BEAT_SECONDS:
        return
    _last_beat = time.monotonic()
    try:
        close_old_connections()
        heartbeats.beat(heartbeats.BEAT)
    except DatabaseError as error:
        logging.getLogger(__name__).warning("beat could not show life: %s", type(error).__name__)
