"""From pieces to stored results, a level of regions at a time.

produced  pieces and the results of the regions below, added up
written   what of it is not stored as it is
gone      what is stored and no longer produced

Of few rows each is looked up by its key, of many both sides are joined: PostgreSQL cannot tell which, because
it does not know how much the scratch tables hold.
"""

# ruff: noqa: S608 - every value is a parameter; what is formatted in are names and numbers of our own

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from apps.rollups.sql_results import COLUMNS, JOINS, KEY, TYPES, WRITTEN
from apps.rollups.sql_text import Text

NAMES = [name.strip() for name in KEY.split(",")]
MOVED = [name for name in NAMES if name != "region_id"]


@dataclass(frozen=True)
class Level:
    """The regions of one depth of a plan.

    `is_few`: few rows are concerned. `moved_only`: nothing but what moved in the regions below, noted in
    `rollup_moved`, can have moved in these.
    """

    plan_id: int
    plan_region_id: int
    region_ids: Sequence[int]
    is_few: bool
    moved_only: bool


def add_writing(text: Text, level: Level) -> None:
    """Add the statement that writes the results of a level, of all wanted indicators.

    The regions below must have been written before: their results are added, not their schools. What was
    written or removed is noted in `rollup_moved`. It yields how many were written and removed, and the
    written ones of the plan's own region: a list of [indicator, period, slice kind, slice value].
    """
    _add_produced(text, level)
    _add_written(text, level)
    _add_gone(text, level)
    text.add(
        f""", removed AS (DELETE FROM rollups_result r USING gone WHERE r.id = gone.id RETURNING r.id),
        unjudged AS (DELETE FROM rollups_judgement j USING gone WHERE j.result_id = gone.id RETURNING 1),
        noted AS (INSERT INTO rollup_moved
            SELECT {", ".join(MOVED)} FROM written UNION SELECT {", ".join(MOVED)} FROM gone)
        SELECT (SELECT count(*) FROM written), (SELECT count(*) FROM removed),
            coalesce((SELECT jsonb_agg(jsonb_build_array({", ".join(MOVED)}))
                FROM written WHERE region_id = %s), '[]')""",  # nosec B608
        level.plan_region_id,
    )


def _add_produced(text: Text, level: Level) -> None:
    regions, moved = list(level.region_ids), ""
    text.add("WITH")
    if level.moved_only:
        text.add("moved AS MATERIALIZED (SELECT DISTINCT * FROM rollup_moved),")
        moved = f"JOIN moved USING ({', '.join(MOVED)})"
    text.add(
        f"""pieces AS (SELECT {KEY}, {COLUMNS} FROM rollup_piece WHERE region_id = ANY(%s::bigint[])
        UNION ALL SELECT r.indicator_id, r.period_id, c.parent_id, r.slice_kind, r.slice_value, {COLUMNS}
            FROM {_stored("(SELECT id, parent_id FROM organisations_region) c", "c.id", level)}
            WHERE c.parent_id = ANY(%s::bigint[])
        UNION ALL SELECT indicator_id, period_id, %s::bigint, 'all', '', 0, 0, 0, 0{", NULL" * 7}
            FROM rollup_wanted WHERE %s = ANY(%s::bigint[])),
        produced AS (
        SELECT {KEY}, w.as_of_id, w.threshold, {_sums()}
        FROM pieces JOIN rollup_wanted w USING (indicator_id, period_id) {moved} GROUP BY 1, 2, 3, 4, 5, 6, 7
        HAVING sum(n_due) > 0 OR sum(numerator) IS NOT NULL OR sum(denominator) IS NOT NULL
            OR (slice_kind = 'all' AND region_id = %s))""",  # nosec B608
        regions,
        regions,
        level.plan_region_id,
        level.plan_region_id,
        regions,
        level.plan_region_id,
    )


def _sums() -> str:
    return ", ".join(f"{JOINS.get(name, 'sum')}({name})::{kind} AS {name}" for name, kind in TYPES.items())


def _stored(regions: str, region: str, level: Level) -> str:
    """The stored results `r` of what is wanted, or has moved, in some regions."""
    asked, names = ("moved", MOVED) if level.moved_only else ("rollup_wanted", ["indicator_id", "period_id"])
    same = " AND ".join([f"r.region_id = {region}", *(f"r.{name} = w.{name}" for name in names)])
    if level.is_few:
        looked_up = f"(SELECT * FROM rollups_result r WHERE {same} OFFSET 0)"  # nosec B608
        return f"{asked} w CROSS JOIN {regions} CROSS JOIN LATERAL {looked_up} r"
    return f"{regions} CROSS JOIN {asked} w JOIN rollups_result r ON {same}"


def _add_written(text: Text, level: Level) -> None:
    columns = ", ".join(WRITTEN)
    same = " AND ".join(f"r.{name} = p.{name}" for name in NAMES)
    stored = f"rollups_result r ON {same}"
    if level.is_few:
        stored = f"LATERAL (SELECT * FROM rollups_result r WHERE {same} OFFSET 0) r ON TRUE"  # nosec B608
    text.add(
        f""", written AS (
        INSERT INTO rollups_result AS r (plan_id, computed_at, {KEY}, {columns})
        SELECT %s, %s::timestamptz, {", ".join(f"p.{name}" for name in (*NAMES, *WRITTEN))}
            FROM produced p LEFT JOIN {stored}
            WHERE r.id IS NULL OR ({", ".join(f"r.{name}" for name in WRITTEN)})
                IS DISTINCT FROM ({", ".join(f"p.{name}" for name in WRITTEN)})
        ON CONFLICT ({KEY}) DO UPDATE SET computed_at = excluded.computed_at,
            {", ".join(f"{name} = excluded.{name}" for name in WRITTEN)}
        RETURNING {KEY})""",  # nosec B608
        level.plan_id,
        timezone.now(),
    )


def _add_gone(text: Text, level: Level) -> None:
    rows = ", ".join(f"r.{name}" for name in NAMES)
    stored = _stored("unnest(%s::bigint[]) g (id)", "g.id", level)
    same = " AND ".join(f"p.{name} = r.{name}" for name in NAMES)
    absent = f"LEFT JOIN produced p ON {same} WHERE p.n_due IS NULL"
    if level.is_few:
        absent = f"WHERE ({rows}) NOT IN (SELECT {KEY} FROM produced)"  # nosec B608
    text.add(f", gone AS (SELECT r.id, {rows} FROM {stored} {absent})", list(level.region_ids))  # nosec B608
