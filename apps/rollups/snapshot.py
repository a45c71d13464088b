"""What was stored before a rebuild, kept by the database until the transaction ends, and what differs."""

# ruff: noqa: S608 - names of our own

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from apps.plans.models import AnnualPlan
from apps.rollups.sql_results import KEY, WRITTEN

NAMES = ("indicator", "quarter", "region", "slice_kind", "slice_value")
COMPARED = ("as_of__quarter", *WRITTEN[1:])
STORED = f"SELECT {KEY}, {', '.join(WRITTEN)} FROM rollups_result WHERE plan_id = %s"  # nosec B608


def take(plan: AnnualPlan) -> bool:
    """Remember the stored results of a plan until the transaction ends; tell whether there are any."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS rollup_before")
        cursor.execute(f"CREATE TEMPORARY TABLE rollup_before ON COMMIT DROP AS {STORED}", [plan.pk])
        # Soon after the first computation PostgreSQL takes the table for empty and compares row by row.
        cursor.execute("ANALYZE rollup_before, rollups_result")
        cursor.execute("SELECT EXISTS (SELECT FROM rollup_before)")
        return bool(cursor.fetchone()[0])


def differences(plan: AnnualPlan, *, most: int) -> Iterator[dict[str, Any]]:
    """Yield the results that are not what they were, in order: names, and the columns that differ."""
    old, new = (", ".join(f"{side}.{name}" for name in WRITTEN[1:]) for side in "ba")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT i.code, q.quarter, g.code, slice_kind, slice_value,
                b.plan_marks IS NOT NULL, bq.quarter, {old}, a.plan_marks IS NOT NULL, aq.quarter, {new}
            FROM (SELECT TRUE AS plan_marks, * FROM rollup_before) b
            FULL JOIN (SELECT TRUE AS plan_marks, * FROM ({STORED}) stored) a USING ({KEY})
            JOIN plans_indicator i ON i.id = indicator_id JOIN collection_period q ON q.id = period_id
            JOIN organisations_region g ON g.id = region_id
            LEFT JOIN collection_period bq ON bq.id = b.as_of_id
            LEFT JOIN collection_period aq ON aq.id = a.as_of_id
            WHERE (b.plan_marks, b.as_of_id, {old}) IS DISTINCT FROM (a.plan_marks, a.as_of_id, {new})
            ORDER BY 1, 2, 3, 4, 5 LIMIT %s""",  # nosec B608
            [plan.pk, most],
        )
        for row in cursor.fetchall():
            names, rest = row[: len(NAMES)], row[len(NAMES) :]
            half = len(rest) // 2
            yield {**dict(zip(NAMES, names, strict=True)), **_change(_row(rest[:half]), _row(rest[half:]))}


def _row(columns: Sequence[Any]) -> dict[str, Any] | None:
    return dict(zip(COMPARED, columns[1:], strict=True)) if columns[0] else None


def _change(old: dict[str, Any] | None, new: dict[str, Any] | None) -> dict[str, Any]:
    """Return the stored and the computed values of the columns that differ; None stands for no row at all."""
    names = [name for name in (old or new or {}) if not old or not new or old[name] != new[name]]
    return {
        "stored": old and {name: _plain(old[name]) for name in names},
        "computed": new and {name: _plain(new[name]) for name in names},
    }


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, int) else str(value)
