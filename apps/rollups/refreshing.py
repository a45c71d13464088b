"""Computing results and judgements. Idempotent: the same facts give the same rows, whatever was there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from apps.collection.models import Period
from apps.plans.models import AnnualPlan, Indicator
from apps.rollups import definitions, judgements, regions, sql
from apps.rollups.definitions import Definition

LOCK_CLASS = 0x4C53  # "LS": keeps our advisory locks apart from others' on a shared server


@dataclass(frozen=True)
class RefreshCounts:
    """What a refresh changed; `generation` is the plan's afterwards."""

    written: int
    removed: int
    judged: int
    generation: int

    @property
    def changed(self) -> bool:
        return bool(self.written or self.removed or self.judged)


@transaction.atomic
def refresh(
    *,
    plan: AnnualPlan,
    pairs: Iterable[tuple[Indicator, Period]],
    region_ids: Collection[int] | None = None,
) -> RefreshCounts:
    """Recompute and judge the results of the given indicator × period pairs.

    Args:
        pairs: exactly these are recomputed; `affected_pairs` adds the later quarters that a change reaches.
        region_ids: regions whose facts changed (those above follow); None: all of the plan.
    """
    lock(plan=plan)
    wanted: dict[int, set[int]] = defaultdict(set)
    for indicator, period in pairs:
        wanted[indicator.pk].add(period.quarter)
    loaded = definitions.load(plan=plan, indicator_ids=wanted)
    levels = regions.levels(plan=plan, changed=region_ids)
    written, removed = _recompute(plan, loaded, wanted, levels)
    reached = None if region_ids is None else {pk for level in levels for pk in level}
    judged = judgements.update(plan=plan, loaded=loaded, region_ids=reached)
    return _counts(plan, written, removed, judged)


@transaction.atomic
def rejudge(*, plan: AnnualPlan) -> RefreshCounts:
    """Judge all stored results again, after a change of a target or baseline, or because a day has passed."""
    lock(plan=plan)
    judged = judgements.update(plan=plan, loaded=definitions.load(plan=plan))
    return _counts(plan, 0, 0, judged)


def affected_pairs(
    *, indicators: Iterable[Indicator], periods: Iterable[Period], since: int = 1
) -> list[tuple[Indicator, Period]]:
    """Return the pairs that a change in quarter `since` reaches: that quarter and the later ones."""
    later = [period for period in periods if period.quarter >= since]
    return [(indicator, period) for indicator in indicators for period in later]


def lock(*, plan: AnnualPlan) -> None:
    """Take the plan's refresh lock until the transaction ends; what is read afterwards is committed news."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, plan.pk])


def _recompute(
    plan: AnnualPlan, loaded: list[Definition], wanted: dict[int, set[int]], levels: list[list[int]]
) -> tuple[int, int]:
    periods = definitions.periods_of(plan)
    now = timezone.now()
    written = removed = 0
    with connection.cursor() as cursor:
        for definition, quarters in _by_version(loaded, wanted):
            rows = [wanted_of(definition, periods, quarter) for quarter in quarters]
            for level in levels:
                statement, params = sql.refresh_statement(
                    definition,
                    wanted=rows,
                    plan_id=plan.pk,
                    plan_region_id=plan.region_id,
                    region_ids=level,
                    computed_at=now,
                )
                cursor.execute(statement, params)
                counts = cursor.fetchone()
                written, removed = written + counts[0], removed + counts[1]
    return written, removed


def _by_version(
    loaded: list[Definition], wanted: dict[int, set[int]]
) -> Iterator[tuple[Definition, list[int]]]:
    """Each quarter is computed with its own definition: a closed one never changes its meaning."""
    for definition in loaded:
        yield from definition.by_version(wanted[definition.indicator.pk])


def wanted_of(definition: Definition, periods: Mapping[int, Period], quarter: int) -> sql.Wanted:
    """Return what a statement needs to know of one quarter: its as-of period and the periods it sums."""
    period = periods[quarter]
    due = [periods[due] for due in definition.due_until(quarter) if due in periods]
    threshold = definition.threshold(period.ends_on)
    if not due:
        return sql.Wanted(period_id=period.pk, threshold=threshold)
    sources = due if definition.is_flow else due[-1:]
    return sql.Wanted(
        period_id=period.pk,
        as_of_id=due[-1].pk,
        as_of_ends=due[-1].ends_on,
        threshold=threshold,
        source_ids=tuple(source.pk for source in sources),
    )


def _counts(plan: AnnualPlan, written: int, removed: int, judged: int) -> RefreshCounts:
    if written or removed or judged:
        AnnualPlan.objects.filter(pk=plan.pk).update(generation=F("generation") + 1)
    plan.refresh_from_db(fields=["generation"])
    return RefreshCounts(written, removed, judged, plan.generation)
