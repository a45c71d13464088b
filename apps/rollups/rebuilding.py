"""The full rebuild: compute every result again and say what was different from what was stored."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.collection.models import Period
from apps.core import clock
from apps.plans.models import AnnualPlan, Indicator
from apps.rollups import outbox
from apps.rollups.models import RebuildRun, Result
from apps.rollups.refreshing import affected_pairs, lock, refresh
from apps.rollups.sql_results import TYPES

logger = logging.getLogger(__name__)

MOST_DIFFERENCES = 500
COMPARED = ("as_of__quarter", "threshold", *TYPES)
NAMED = ("indicator__code", "period__quarter", "region__code", "slice_kind", "slice_value")
Row = dict[str, Any]
Rows = dict[tuple[Any, ...], Row]


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
    before = _rows(plan)
    pairs = affected_pairs(
        indicators=Indicator.objects.filter(plan=plan), periods=Period.objects.filter(plan=plan)
    )
    refresh(plan=plan, pairs=pairs)
    outbox.settle(pending)
    after = _rows(plan)
    differences = _differences(before, after) if before else []
    if differences:
        logger.warning("rebuild of %s found %s differences", plan, len(differences))
    return RebuildRun.objects.create(
        plan=plan,
        started_at=started_at,
        finished_at=timezone.now(),
        results=len(after),
        differences=differences[:MOST_DIFFERENCES],
        requested_by=requested_by,
    )


def _rows(plan: AnnualPlan) -> Rows:
    found = Result.objects.filter(plan=plan).order_by().values_list(*NAMED, *COMPARED)
    return {row[: len(NAMED)]: dict(zip(COMPARED, row[len(NAMED) :], strict=True)) for row in found}


def _differences(before: Rows, after: Rows) -> list[Row]:
    return [
        {
            **dict(zip(("indicator", "quarter", "region", "slice_kind", "slice_value"), key, strict=True)),
            **_change(before.get(key), after.get(key)),
        }
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]


def _change(old: Row | None, new: Row | None) -> Row:
    """Return the stored and the computed values of the columns that differ; None stands for no row at all."""
    names = [name for name in (old or new or {}) if not old or not new or old[name] != new[name]]
    return {
        "stored": old and {name: _plain(old[name]) for name in names},
        "computed": new and {name: _plain(new[name]) for name in names},
    }


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, int) else str(value)
