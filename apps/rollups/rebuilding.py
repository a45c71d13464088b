"""The full rebuild: compute every result again and say what was different from what was stored."""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.collection.models import Period
from apps.core import clock
from apps.plans.models import AnnualPlan, Indicator
from apps.rollups import outbox, snapshot
from apps.rollups.models import RebuildRun, Result
from apps.rollups.refreshing import affected_pairs, lock, refresh

logger = logging.getLogger(__name__)

MOST_DIFFERENCES = 500


def rebuild_all() -> None:
    """Rebuild every plan that has periods; the outbox goes first, so that no news counts as a difference."""
    outbox.refresh_pending()
    with clock.held_at(clock.read_date()):
        for plan in AnnualPlan.objects.filter(periods__isnull=False).distinct():
            rebuild(plan=plan)


@transaction.atomic
def rebuild(*, plan: AnnualPlan, requested_by: User | None = None) -> RebuildRun:
    """Recompute all results of a plan and record the differences found.

    A difference is a stored number that the accepted facts do not give; an empty list is the good case. The
    first computation of a plan has nothing to differ from. A new judgement of an unchanged result is no
    difference: days pass. What the outbox asked for is done with it.
    """
    started_at = timezone.now()
    lock(plan=plan)
    pending = outbox.claim(plan=plan)
    had_results = snapshot.take(plan)
    pairs = affected_pairs(
        indicators=Indicator.objects.filter(plan=plan), periods=Period.objects.filter(plan=plan)
    )
    refresh(plan=plan, pairs=pairs)
    outbox.settle(pending)
    differences = list(snapshot.differences(plan, most=MOST_DIFFERENCES)) if had_results else []
    if differences:
        logger.warning("rebuild of %s found differences (%s are kept)", plan, len(differences))
    return RebuildRun.objects.create(
        plan=plan,
        started_at=started_at,
        finished_at=timezone.now(),
        results=Result.objects.filter(plan=plan).count(),
        differences=differences,
        requested_by=requested_by,
    )
