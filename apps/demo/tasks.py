"""Background work of the demonstration."""

from __future__ import annotations

from celery import shared_task

from apps.core import clock
from apps.demo.releases import releases_play


@shared_task
def release_quarters() -> None:
    """Release the settled quarters of the demonstration, once."""
    with clock.held_at(clock.read_date()):
        releases_play()
