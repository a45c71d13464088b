"""Background work without a domain word in it."""

from __future__ import annotations

from celery import shared_task

from apps.core import heartbeats


@shared_task
def show_life(queue: str) -> None:
    """Leave a sign that a worker takes tasks from `queue`."""
    heartbeats.beat(heartbeats.QUEUE + queue)
