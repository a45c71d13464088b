"""Judging stored results in bulk: load once, judge in Python with exact numbers, write what differs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from apps.plans.enums import SliceKind
from apps.rollups import stored
from apps.rollups.aggregates import STORED_DECIMALS, to_decimal
from apps.rollups.bench import Bench, Judged
from apps.rollups.definitions import Definition
from apps.rollups.known import Known
from apps.rollups.models import Judgement
from apps.rollups.stored import JUDGED, Measured, Row

FIELDS = JUDGED


@dataclass(frozen=True)
class Change:
    """A result of the plan's own region that was written anew."""

    indicator_id: int
    period_id: int
    slice_kind: str
    slice_value: str


def update(*, known: Known, indicator_ids: Collection[int], written: Collection[Change] | None = None) -> int:
    """Judge the results of the plan's own region and return how many judgements were new or different.

    A plan speaks of its region as a whole: what the regions below contribute is not judged.

    Args:
        written: the results that changed, when nothing else has; None: judge all of the indicators.
    """
    if written is not None:
        indicator_ids = {change.indicator_id for change in written}
    loaded = known.definitions(indicator_ids)
    if not loaded:
        return 0
    shared = known.circumstances()
    results: dict[int, list[Row]] = defaultdict(list)
    for row in _rows(known, loaded, written):
        results[row.indicator_id].append(row)
    changes: dict[int, list[Change]] = defaultdict(list)
    for change in written or ():
        changes[change.indicator_id].append(change)
    different: list[Judgement] = []
    for definition in loaded:
        pk = definition.indicator.pk
        bench = Bench(definition, shared, results[pk])
        different += _different(bench, _reached(bench, None if written is None else changes[pk]))
    Judgement.objects.bulk_create(
        different,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["result"],
        update_fields=[*(name.removesuffix("_id") for name in FIELDS), "judged_on"],
    )
    return len(different)


def _rows(known: Known, loaded: Collection[Definition], written: Collection[Change] | None) -> Iterator[Row]:
    """Yield what judging must see: of a slice its own quarters, of a dispersion every slice."""
    region_id = known.plan.region_id
    whole = {one.indicator.pk for one in loaded if written is None or one.is_dispersion}
    if whole:
        yield from stored.of_indicators(whole, region_id)
    slices = {
        (change.indicator_id, change.slice_kind, change.slice_value)
        for change in written or ()
        if change.indicator_id not in whole
    }
    if slices:
        yield from stored.of_slices(slices, region_id, known.quarters)


def _reached(bench: Bench, changes: Collection[Change] | None) -> Iterator[Measured]:
    """Yield the results whose judgement a change may move: of its slice, from its quarter on.

    Of a dispersion each stage moves the wholes of its quarter and of later ones.
    """
    since: dict[tuple[str, str], int] = {}
    for change in changes or ():
        key = (change.slice_kind, change.slice_value)
        since[key] = min(since.get(key, 4), bench.shared.quarters[change.period_id])
    of_stages = min(since.values(), default=5) if bench.definition.is_dispersion else 5
    for (_region, kind, value), found in bench.by_slice.items():
        first = 5 if kind == SliceKind.STAGE else of_stages
        first = 1 if changes is None else min(first, since.get((kind, value), 5))
        yield from (result for quarter, result in found.items() if quarter >= first)


def _different(bench: Bench, results: Iterable[Any]) -> Iterator[Judgement]:
    for row in results:
        content = content_of(bench.judge(row))
        if row.judged != tuple(content[name] for name in FIELDS):
            yield Judgement(result_id=row.pk, judged_on=bench.shared.today, **content)


def content_of(judged: Judged) -> dict[str, Any]:
    """Return what a verdict's row says, by `FIELDS`."""
    verdict = judged.verdict
    return {
        "target_revision_id": None if judged.revision is None else judged.revision.pk,
        "status": verdict.status,
        "value": to_decimal(verdict.value, STORED_DECIMALS),
        "change": to_decimal(verdict.change, STORED_DECIMALS),
        "gap": to_decimal(verdict.gap, STORED_DECIMALS),
        "gap_units": to_decimal(verdict.gap_units, STORED_DECIMALS),
        "achievement": to_decimal(verdict.achievement, STORED_DECIMALS),
        "required": to_decimal(verdict.required, STORED_DECIMALS),
        "reason": verdict.reason,
        "carried_status": verdict.carried_status,
        "recovered_from": verdict.recovered_from,
        "forecast": to_decimal(verdict.forecast.value, STORED_DECIMALS),
        "forecast_low": to_decimal(verdict.forecast.low, STORED_DECIMALS),
        "forecast_high": to_decimal(verdict.forecast.high, STORED_DECIMALS),
        "forecast_basis": verdict.forecast.basis,
        "confidence": verdict.confidence,
        "is_exceeded": verdict.is_exceeded,
        "is_provisional": verdict.is_provisional,
    }
