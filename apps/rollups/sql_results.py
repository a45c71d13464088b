"""From units to stored results.

cells     units added up by region and by everything that decides a slice: the only pass over single schools
pieces    cells dealt out to the slices they belong to
produced  pieces and the results of the regions below, added up; written where different, and what is no
          longer produced is removed
"""

# ruff: noqa: S608 - every value is a parameter; what is formatted in are names and numbers of our own

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from apps.rollups.shapes import Shape
from apps.rollups.sql_text import Text

COUNTS = ("n_due", "n_reported", "n_not_applicable", "n_true")
TOTALS = ("numerator", "denominator", "sum_ratio_squares", "quarter_numerator", "quarter_denominator")
TYPES = {
    **dict.fromkeys(COUNTS, "integer"),
    **dict.fromkeys(TOTALS, "numeric(24,4)"),
    "sum_ratio_squares": "numeric(40,12)",
    **dict.fromkeys(("minimum", "maximum"), "numeric(20,4)"),
}
KEY = "indicator_id, period_id, region_id, slice_kind, slice_value"
JOINS = {"minimum": "min", "maximum": "max"}
COLUMNS = ", ".join(TYPES)
ADDED = ", ".join(f"{JOINS.get(name, 'sum')}({name})" for name in TYPES)
QUOTIENT = "(numerator * {})::numeric(60,24) / nullif(denominator, 0)"
WRITTEN = ("as_of_id", "threshold", *TYPES)


def add_pieces(text: Text, shape: Shape) -> None:
    """End a statement with the pieces of a shape's parts, KEY and TYPES in their order.

    A school counts for facts about it as one in the slice of each of its stages.
    """
    text.add(
        f""", cells AS (SELECT part, period_id, region_id, ownership, setting, stage, stages,
            {_aggregates(shape)} FROM ({_measured_units(shape)}) u GROUP BY 1, 2, 3, 4, 5, 6, 7)
        SELECT p.indicator_id, c.period_id, c.region_id, s.kind, s.value, {ADDED}
        FROM cells c JOIN parts p USING (part) CROSS JOIN LATERAL (SELECT 'all' AS kind, '' AS value"""
    )
    if not shape.is_split:
        text.add(
            """UNION ALL SELECT 'ownership', c.ownership WHERE c.ownership IS NOT NULL
            UNION ALL SELECT 'setting', c.setting WHERE c.setting IS NOT NULL
            UNION ALL SELECT 'stage', c.stage WHERE c.stage <> 'whole'
            UNION ALL SELECT 'stage', taught FROM unnest(c.stages) taught
                WHERE p.stages = '{}' OR taught = ANY(p.stages)"""
        )
    text.add(") s GROUP BY 1, 2, 3, 4, 5")


def _measured_units(shape: Shape) -> str:
    """Units with what each of them measures by itself; computed once, though least and largest ask for it."""
    own = "u.numerator"
    if shape.measured is not None:
        own = "u.measured"
    elif shape.has_quotient:
        own = f"round({QUOTIENT.format('p.scale')}, 4)"
    return f"SELECT u.*, {own} AS own FROM units u JOIN parts p USING (part) OFFSET 0"


def _aggregates(shape: Shape) -> str:
    """The columns of TYPES in their order, from `units`."""
    nothing = "NULL::numeric"
    squares = f"sum(round({QUOTIENT.format('numerator')}, 20))" if shape.is_dispersion else nothing
    least, largest = (f"{name}(own) FILTER (WHERE is_reported)" for name in ("min", "max"))
    return ", ".join(
        (
            "count(*) FILTER (WHERE is_due) AS n_due",
            "count(*) FILTER (WHERE is_reported) AS n_reported",
            "count(*) FILTER (WHERE is_excused) AS n_not_applicable",
            "count(*) FILTER (WHERE is_reported AND numerator > 0) AS n_true",
            f"{nothing if shape.numerator is None else 'sum(numerator)'} AS numerator",
            f"{nothing if shape.denominator is None else 'sum(denominator)'} AS denominator",
            f"{squares} AS sum_ratio_squares",
            f"{'sum(quarter_numerator)' if shape.is_flow else nothing} AS quarter_numerator",
            f"{'sum(quarter_denominator)' if shape.is_flow else nothing} AS quarter_denominator",
            f"{nothing if shape.is_split else least} AS minimum",
            f"{nothing if shape.is_split else largest} AS maximum",
        )
    )


def add_writing(
    text: Text, *, plan_id: int, plan_region_id: int, region_ids: Sequence[int], moved_only: bool
) -> None:
    """Add the statement that writes the results of the regions of one level, of all wanted indicators.

    The regions below must have been written before: their results are added, not their schools. What was
    written or removed is noted in `rollup_moved`. It yields how many were written and removed, and the
    written ones of the plan's own region: a list of [indicator, period, slice kind, slice value].

    Args:
        moved_only: nothing but what moved in the regions below can have moved in these.
    """
    regions, columns = list(region_ids), ", ".join(WRITTEN)
    _add_produced(text, regions, plan_region_id, moved_only)
    text.add(
        f""", stored AS (SELECT r.* FROM rollup_wanted w JOIN rollups_result r USING (indicator_id, period_id)
            {"JOIN moved USING (indicator_id, period_id, slice_kind, slice_value)" if moved_only else ""}
            WHERE r.region_id = ANY(%s::bigint[])),
        written AS (
        INSERT INTO rollups_result AS r (plan_id, computed_at, {KEY}, {columns})
        SELECT %s, %s::timestamptz, {KEY}, {", ".join(f"p.{name}" for name in WRITTEN)}
            FROM produced p LEFT JOIN stored s USING ({KEY})
            WHERE s.id IS NULL OR ({", ".join(f"s.{name}" for name in WRITTEN)})
                IS DISTINCT FROM ({", ".join(f"p.{name}" for name in WRITTEN)})
        ON CONFLICT ({KEY}) DO UPDATE SET computed_at = excluded.computed_at,
            {", ".join(f"{name} = excluded.{name}" for name in WRITTEN)}
        RETURNING {KEY}),
        gone AS (SELECT s.id, {KEY} FROM stored s LEFT JOIN produced p USING ({KEY}) WHERE p.n_due IS NULL),
        removed AS (DELETE FROM rollups_result r USING gone WHERE r.id = gone.id RETURNING r.id),
        unjudged AS (DELETE FROM rollups_judgement j USING gone WHERE j.result_id = gone.id RETURNING 1),
        noted AS (INSERT INTO rollup_moved
            SELECT indicator_id, period_id, slice_kind, slice_value FROM written
            UNION SELECT indicator_id, period_id, slice_kind, slice_value FROM gone)
        SELECT (SELECT count(*) FROM written), (SELECT count(*) FROM removed),
            coalesce((SELECT jsonb_agg(jsonb_build_array(indicator_id, period_id, slice_kind, slice_value))
                FROM written WHERE region_id = %s), '[]')""",
        regions,
        plan_id,
        timezone.now(),
        plan_region_id,
    )


def _add_produced(text: Text, regions: list[int], plan_region_id: int, moved_only: bool) -> None:
    amounts = ", ".join(f"{JOINS.get(name, 'sum')}({name})::{kind} AS {name}" for name, kind in TYPES.items())
    moved = "JOIN moved USING (indicator_id, period_id, slice_kind, slice_value)" if moved_only else ""
    text.add(
        f"""WITH moved AS (SELECT DISTINCT * FROM rollup_moved), pieces AS (
        SELECT {KEY}, {COLUMNS} FROM rollup_piece {moved} WHERE region_id = ANY(%s::bigint[])
        UNION ALL SELECT indicator_id, period_id, c.parent_id, slice_kind, slice_value, {COLUMNS}
            FROM organisations_region c CROSS JOIN rollup_wanted w
            JOIN rollups_result r USING (indicator_id, period_id)
            {moved}
            WHERE c.parent_id = ANY(%s::bigint[]) AND r.region_id = c.id
        UNION ALL SELECT indicator_id, period_id, %s::bigint, 'all', '', 0, 0, 0, 0{", NULL" * 7}
            FROM rollup_wanted WHERE %s = ANY(%s::bigint[])),
        produced AS (
        SELECT {KEY}, w.as_of_id, w.threshold, {amounts}
        FROM pieces JOIN rollup_wanted w USING (indicator_id, period_id) {moved} GROUP BY 1, 2, 3, 4, 5, 6, 7
        HAVING sum(n_due) > 0 OR sum(numerator) IS NOT NULL OR sum(denominator) IS NOT NULL
            OR (slice_kind = 'all' AND region_id = %s))""",
        regions,
        regions,
        plan_region_id,
        plan_region_id,
        regions,
        plan_region_id,
    )
