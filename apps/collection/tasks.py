"""Background work of the collection; every task may run twice, late, or beside itself."""

from __future__ import annotations

from celery import shared_task

from apps.collection.chasing.dispatching import dispatches_send
from apps.collection.chasing.reminding import reminders_run
from apps.collection.services.kept_files import evidence_scan_waiting
from apps.collection.services.watching import period_events_note_all
from apps.core import heartbeats


@shared_task
def watch_periods() -> None:
    """Note the periods that have opened, whose missing are late, and that have closed."""
    heartbeats.beat(heartbeats.PERIODS, events=len(period_events_note_all()))


@shared_task
def scan_waiting_evidence() -> None:
    """Scan the files that were kept out of reach while the virus scanner did not answer."""
    evidence_scan_waiting()


@shared_task
def remind() -> None:
    """Give the reminders whose day has come, then send what is queued for e-mail and robots."""
    given = reminders_run()
    sent = dispatches_send()
    heartbeats.beat(heartbeats.CHASE, given=given, **sent)


@shared_task
def dispatches_send_now() -> None:
    """Send what is queued."""
    dispatches_send()
