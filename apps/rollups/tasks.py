"""Background work of the roll-ups; every task may run twice, late, or beside itself."""

from __future__ import annotations

from celery import shared_task

from apps.accounts.models import User
from apps.core import clock, heartbeats
from apps.plans.models import AnnualPlan
from apps.rollups import outbox, rebuilding


@shared_task
def refresh_stale() -> None:
    """Refresh what the outbox names, right after an acceptance."""
    outbox.refresh_pending()


@shared_task
def sweep_stale_results() -> None:
    """Refresh what a lost message or a killed worker left in the outbox."""
    done = outbox.refresh_pending()
    counts = {"written": sum(one.written for one in done), "judged": sum(one.judged for one in done)}
    heartbeats.beat(heartbeats.SWEEP, **counts)
    if done:
        heartbeats.beat(heartbeats.SWEEP_WITH_WORK, **counts)


@shared_task
def nightly_rebuild() -> None:
    """Compute everything again and record whatever was different."""
    rebuilding.rebuild_all()
    heartbeats.beat(heartbeats.REBUILD)


@shared_task
def rebuild_plan(plan_id: int, user_id: int) -> None:
    """Compute one plan again because an administrator asked for it."""
    with clock.held_at(clock.read_date()):
        rebuilding.rebuild(plan=AnnualPlan.objects.get(pk=plan_id), requested_by=User.objects.get(pk=user_id))
