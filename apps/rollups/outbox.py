"""News that makes results stale: a row in its transaction, a nudge after it, a sweep if that is lost."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from django.db import connection, transaction

from apps.collection.models import Period
from apps.core import broker, clock
from apps.plans.models import AnnualPlan, Indicator
from apps.rollups.known import Known, known_of
from apps.rollups.models import StaleResult
from apps.rollups.refreshing import RefreshCounts, generation_raise, lock, refresh_quarters

logger = logging.getLogger(__name__)


def mark_stale(
    *, indicator_ids: Iterable[int], period: Period, region_id: int, facts_only: bool = False
) -> None:
    """Record that these indicators are stale from `period` on, and nudge a worker after the commit.

    Args:
        facts_only: neither targets nor anything else that results are judged by has changed.
    """
    rows = [
        StaleResult(indicator_id=pk, period=period, region_id=region_id, facts_only=facts_only)
        for pk in sorted(set(indicator_ids))
    ]
    if rows:
        StaleResult.objects.bulk_create(rows)
        nudge_after_commit()


def mark_plan_stale(
    *, plan: AnnualPlan, indicator_ids: Iterable[int] | None = None, since_quarter: int = 1
) -> None:
    """Record that results are stale in the whole plan region; nothing to do while the plan has no periods."""
    period = Period.objects.filter(plan=plan, quarter__gte=since_quarter).order_by("quarter").first()
    if period is None:
        return
    if indicator_ids is None:
        indicator_ids = Indicator.objects.filter(plan=plan).values_list("pk", flat=True)
    mark_stale(indicator_ids=indicator_ids, period=period, region_id=plan.region_id)


def nudge_after_commit() -> None:
    """Ask for one nudge after the commit, however many rows the transaction writes."""
    if not any(nudge in entry for entry in connection.run_on_commit):
        transaction.on_commit(nudge)


def nudge() -> None:
    """Tell a worker to look at the outbox; without a broker, log it and leave the rows to the sweep."""
    from apps.rollups.tasks import refresh_stale

    if not publish(refresh_stale):
        logger.warning("the sweep will refresh the results")


def publish(task: Any, *arguments: int) -> bool:
    """Hand a task to a worker; False, and a line in the log, when the broker cannot be reached."""
    try:
        broker.send(task, *arguments)
    except Exception as error:  # whatever a dead broker raises, the acceptance stands
        logger.warning("the broker is not reachable: %s", error)
        return False
    return True


def refresh_pending() -> list[RefreshCounts]:
    """Refresh what the outbox names, plan by plan. Safe to run any number of times and side by side."""
    stale = StaleResult.objects.order_by().values_list("indicator__plan", flat=True).distinct()
    plans = AnnualPlan.objects.in_bulk(list(stale)).values()
    with clock.held_at(clock.read_date()):
        return [counts for plan in plans for counts in _refresh_plan(plan)]


def _refresh_plan(plan: AnnualPlan) -> list[RefreshCounts]:
    """One broken indicator must not hold up the others: after a failure each is tried alone."""
    try:
        return [_refresh_claimed(plan)]
    except Exception:
        logger.exception("refreshing %s failed, trying its indicators one by one", plan)
    stale = StaleResult.objects.filter(indicator__plan=plan).values_list("indicator_id", flat=True)
    counts = []
    for indicator_id in stale.distinct().order_by("indicator_id"):
        try:
            counts.append(_refresh_claimed(plan, indicator_ids=[indicator_id]))
        except Exception:
            logger.exception("refreshing indicator %s failed, it stays in the outbox", indicator_id)
    return counts


@transaction.atomic
def _refresh_claimed(plan: AnnualPlan, *, indicator_ids: Collection[int] | None = None) -> RefreshCounts:
    claimed = claim(plan=plan, indicator_ids=indicator_ids)
    if not claimed:
        return RefreshCounts(0, 0, 0, plan.generation)
    lock(plan=plan)
    known = known_of(plan)
    counts = refresh_quarters(
        plan,
        known,
        _quarters(known, claimed),
        region_ids={row.region_id for row in claimed},
        facts_only=all(row.facts_only for row in claimed),
    )
    settle(claimed)
    if not counts.changed:  # a school's own figure or a name is news for pages even where no sum moves
        generation_raise(plan=plan)
    transaction.on_commit(_make_pages)
    return replace(counts, generation=plan.generation)


def _make_pages() -> None:
    """Let a worker make the pages that people are reading, so that the next reader need not wait."""
    from apps.dashboards.tasks import make_pages

    publish(make_pages)


def claim(*, plan: AnnualPlan, indicator_ids: Collection[int] | None = None) -> list[StaleResult]:
    """Return the plan's rows that nobody else is working on, held until the transaction ends."""
    rows = StaleResult.objects.filter(indicator__plan=plan)
    if indicator_ids is not None:
        rows = rows.filter(indicator__in=indicator_ids)
    return list(rows.select_for_update(skip_locked=True, of=("self",)).order_by("pk"))


def settle(claimed: Collection[StaleResult]) -> None:
    """Forget claimed rows whose results have been refreshed in this transaction."""
    StaleResult.objects.filter(pk__in=[row.pk for row in claimed]).delete()


def _quarters(known: Known, claimed: list[StaleResult]) -> dict[int, list[int]]:
    """Return by indicator the quarters that the news reach: the earliest that has any, and the later ones."""
    since: dict[int, int] = {}
    for row in claimed:
        since[row.indicator_id] = min(since.get(row.indicator_id, 4), known.quarters[row.period_id])
    return {pk: [quarter for quarter in known.periods if quarter >= first] for pk, first in since.items()}
