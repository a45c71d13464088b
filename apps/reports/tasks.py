"""Background work of the reports."""

from __future__ import annotations

from celery import shared_task

from apps.core import clock, heartbeats
from apps.reports.pdf import pdf_available
from apps.reports.releases.telling import corrections_tell
from apps.reports.schedules.services import schedules_run


@shared_task
def show_office() -> None:
    """Say whether the worker that makes reports has LibreOffice."""
    heartbeats.beat(heartbeats.OFFICE, is_there=int(pdf_available()))


@shared_task
def run_schedules() -> None:
    """Ask for the reports whose day has come, and tell of those that are ready."""
    heartbeats.beat(heartbeats.SCHEDULES, asked=schedules_run())


@shared_task
def tell_corrections() -> None:
    """Tell leaders of releases whose figures have been corrected."""
    with clock.held_at(clock.read_date()):
        corrections_tell()
