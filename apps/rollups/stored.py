"""Stored results with their judgements as plain rows: for the thousands that a refresh reads."""

# ruff: noqa: S608 - names of our own

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol, cast

from django.db import connection

from apps.core import prepared

Number = Decimal | None
JUDGED = (
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
"""What a judgement says, without the day it became so."""


class Measured(Protocol):
    """A result as judging sees it: the model's or a plain row."""

    pk: int
    indicator_id: int
    period_id: int
    region_id: int
    slice_kind: str
    slice_value: str
    as_of_id: int | None
    n_due: int
    n_reported: int
    n_not_applicable: int
    n_true: int
    numerator: Number
    denominator: Number
    sum_ratio_squares: Number
    minimum: Number
    maximum: Number


@dataclass(slots=True)
class Row:
    """The columns of a stored result that judging needs, and what `JUDGED` of it is stored."""

    pk: int
    indicator_id: int
    period_id: int
    region_id: int
    slice_kind: str
    slice_value: str
    as_of_id: int | None
    n_due: int
    n_reported: int
    n_not_applicable: int
    n_true: int
    numerator: Number
    denominator: Number
    sum_ratio_squares: Number
    minimum: Number
    maximum: Number
    judged: tuple[Any, ...] | None = None


COLUMNS = [name for name in Row.__slots__ if name not in ("pk", "judged")]
SELECT = f"""SELECT r.id, {", ".join(f"r.{name}" for name in COLUMNS)},
    j.id, {", ".join(f"j.{name}" for name in JUDGED)}
    FROM {{wanted}} rollups_result r LEFT JOIN rollups_judgement j ON j.result_id = r.id
    WHERE r.region_id = %s::bigint"""  # nosec B608
OF_INDICATORS = SELECT.format(wanted="") + " AND r.indicator_id = ANY(%s::bigint[])"
OF_SLICES = (
    SELECT.format(wanted="unnest(%s::bigint[], %s::text[], %s::text[]) w (id, kind, word) CROSS JOIN")
    + " AND r.indicator_id = w.id AND r.slice_kind = w.kind AND r.slice_value = w.word"
    + " AND r.period_id = ANY(%s::bigint[])"
)


def of_indicators(indicator_ids: Collection[int], region_id: int) -> list[Row]:
    """Return all results of some indicators in a region (one query)."""
    return _read(OF_INDICATORS, [region_id, sorted(indicator_ids)])


def of_slices(
    slices: Collection[tuple[int, str, str]], region_id: int, period_ids: Iterable[int]
) -> list[Row]:
    """Return the results of (indicator, slice kind, slice value) in a region and quarters (one query)."""
    ordered = sorted(slices)
    columns = [[one[place] for one in ordered] for place in range(3)]
    return _read(OF_SLICES, [*columns, region_id, sorted(period_ids)])


def _read(sql: str, params: list[Any]) -> list[Row]:
    width, make = len(COLUMNS) + 1, cast("Any", Row)
    with connection.cursor() as cursor:
        prepared.execute(cursor, sql, params)
        return [
            make(*row[:width], None if row[width] is None else row[width + 1 :]) for row in cursor.fetchall()
        ]
