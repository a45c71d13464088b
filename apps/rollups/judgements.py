"""Judging stored results in bulk: load once, judge in Python with exact numbers, write what differs."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from apps.plans.models import AnnualPlan
from apps.rollups.aggregates import STORED_DECIMALS, to_decimal
from apps.rollups.bench import Bench, Judged, circumstances
from apps.rollups.definitions import Definition
from apps.rollups.models import Judgement, Result

FIELDS = (
    "target_revision_id",
    "status",
    "value",
    "change",
    "gap",
    "gap_units",
    "achievement",
    "required",
    "reason",
    "carried_status",
    "recovered_from",
    "forecast",
    "forecast_low",
    "forecast_high",
    "forecast_basis",
    "confidence",
    "is_exceeded",
    "is_provisional",
)


@dataclass(frozen=True)
class Change:
    """A result of the plan's own region that was written anew."""

    indicator_id: int
    period_id: int
    slice_kind: str
    slice_value: str


def update(
    *, plan: AnnualPlan, loaded: Collection[Definition], written: Collection[Change] | None = None
) -> int:
    """Judge the results of the plan's own region and return how many judgements were new or different.

    A plan speaks of its region as a whole: what the regions below contribute is not judged.

    Args:
        written: the results that changed, when nothing else has; None: judge all of the definitions.
    """
    by_indicator: dict[int, list[Change]] = defaultdict(list)
    for change in written or ():
        by_indicator[change.indicator_id].append(change)
    if written is not None:
        loaded = [definition for definition in loaded if definition.indicator.pk in by_indicator]
    indicator_ids = [definition.indicator.pk for definition in loaded]
    if not indicator_ids:
        return 0
    shared = circumstances(plan=plan, indicator_ids=indicator_ids)
    results: dict[int, list[Result]] = defaultdict(list)
    found = Result.objects.filter(indicator__in=indicator_ids, region=plan.region_id)
    for result in found.select_related("judgement").order_by():
        results[result.indicator_id].append(result)
    different: list[Judgement] = []
    for definition in loaded:
        bench = Bench(definition, shared, results[definition.indicator.pk])
        changes = None if written is None else by_indicator[definition.indicator.pk]
        different += _different(bench, _reached(bench, changes))
    Judgement.objects.bulk_create(
        different,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["result"],
        update_fields=[*(name.removesuffix("_id") for name in FIELDS), "judged_on"],
    )
    return len(different)


def _reached(bench: Bench, changes: Collection[Change] | None) -> Iterator[Result]:
    """Yield the results whose judgement a change may move: of its slice, from its quarter on.

    Of a dispersion each stage moves the whole.
    """
    since: dict[tuple[str, str], int] = {}
    for change in changes or ():
        key = (change.slice_kind, change.slice_value)
        since[key] = min(since.get(key, 4), bench.shared.quarters[change.period_id])
    for (_region, kind, value), found in bench.by_slice.items():
        for quarter, result in found.items():
            is_whole = changes is None or bench.definition.is_dispersion
            if is_whole or quarter >= since.get((kind, value), 5):
                yield result


def _different(bench: Bench, results: Iterable[Result]) -> Iterator[Judgement]:
    for result in results:
        old = getattr(result, "judgement", None)  # read first: the new one takes its place on `result`
        new = judgement_of(result, bench.judge(result), bench.shared.today)
        if old is None or any(getattr(old, name) != getattr(new, name) for name in FIELDS):
            yield new


def judgement_of(result: Result, judged: Judged, today: dt.date) -> Judgement:
    """Return the unsaved row of a verdict; `judged_on` is the day it became what it is."""
    verdict = judged.verdict
    return Judgement(
        result=result,
        target_revision=judged.revision,
        status=verdict.status,
        value=to_decimal(verdict.value, STORED_DECIMALS),
        change=to_decimal(verdict.change, STORED_DECIMALS),
        gap=to_decimal(verdict.gap, STORED_DECIMALS),
        gap_units=to_decimal(verdict.gap_units, STORED_DECIMALS),
        achievement=to_decimal(verdict.achievement, STORED_DECIMALS),
        required=to_decimal(verdict.required, STORED_DECIMALS),
        reason=verdict.reason,
        carried_status=verdict.carried_status,
        recovered_from=verdict.recovered_from,
        forecast=to_decimal(verdict.forecast.value, STORED_DECIMALS),
        forecast_low=to_decimal(verdict.forecast.low, STORED_DECIMALS),
        forecast_high=to_decimal(verdict.forecast.high, STORED_DECIMALS),
        forecast_basis=verdict.forecast.basis,
        confidence=verdict.confidence,
        is_exceeded=verdict.is_exceeded,
        is_provisional=verdict.is_provisional,
        judged_on=today,
    )
