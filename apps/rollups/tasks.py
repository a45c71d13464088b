"""Background work of the roll-ups; every task may run twice, late, or beside itself."""

from __future__ import annotations

from celery import shared_task

from apps.rollups import outbox, rebuilding


@shared_task
def refresh_stale() -> None:
    """Refresh what the outbox names, right after an acceptance."""
    outbox.refresh_pending()


@shared_task
def sweep_stale_results() -> None:
    """Refresh what a lost message or a killed worker left in the outbox."""
    outbox.refresh_pending()


@shared_task
def nightly_rebuild() -> None:
    """Compute everything again and record whatever was different."""
    rebuilding.rebuild_all()
