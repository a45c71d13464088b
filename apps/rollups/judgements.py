"""Judging stored results in bulk: load once, judge in Python with exact numbers, write what differs."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable

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


def update(
    *, plan: AnnualPlan, loaded: Collection[Definition], region_ids: Collection[int] | None = None
) -> int:
    """Judge all results of the definitions and return how many judgements were new or different."""
    indicator_ids = [definition.indicator.pk for definition in loaded]
    shared = circumstances(plan=plan, indicator_ids=indicator_ids)
    results = Result.objects.filter(indicator__in=indicator_ids).select_related("judgement").order_by()
    if region_ids is not None:
        results = results.filter(region__in=region_ids)
    by_indicator: dict[int, list[Result]] = defaultdict(list)
    for result in results:
        by_indicator[result.indicator_id].append(result)
    different = [
        judgement
        for definition in loaded
        for judgement in _different(Bench(definition, shared, by_indicator[definition.indicator.pk]))
    ]
    Judgement.objects.bulk_create(
        different,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["result"],
        update_fields=[*(name.removesuffix("_id") for name in FIELDS), "judged_on"],
    )
    return len(different)


def _different(bench: Bench) -> Iterable[Judgement]:
    for found in bench.by_slice.values():
        for result in found.values():
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
