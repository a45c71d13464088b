"""From units to stored results.

cells     units added up by region and by everything that decides a slice: the only pass over single schools
pieces    cells dealt out to the slices they belong to
produced  pieces and the results of the regions below, added up; written where different, and what is no
          longer produced is removed
"""

# ruff: noqa: S608 - every value is a parameter; what is formatted in are names and numbers of our own

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from apps.rollups.definitions import Definition, Part, measured_formula
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
WRITTEN = ("as_of_id", "threshold", *TYPES)


def add_pieces(text: Text, definition: Definition, part: Part, number: int) -> None:
    """End a statement with the pieces of one part, KEY and TYPES in their order.

    A school counts for facts about it as one in the slice of each of its stages.
    """
    text.add(
        f""", cells{number} AS (SELECT period_id, region_id, ownership, setting, stage, stages,
            {_aggregates(definition, part)} FROM units{number} GROUP BY 1, 2, 3, 4, 5, 6)
        SELECT %s::bigint, c.period_id, c.region_id, s.kind, s.value, {ADDED}
        FROM cells{number} c CROSS JOIN LATERAL (SELECT 'all' AS kind, '' AS value""",  # nosec B608
        definition.indicator.pk,
    )
    if not definition.is_split:
        text.add(
            """UNION ALL SELECT 'ownership', c.ownership WHERE c.ownership IS NOT NULL
            UNION ALL SELECT 'setting', c.setting WHERE c.setting IS NOT NULL
            UNION ALL SELECT 'stage', c.stage WHERE c.stage <> 'whole'
            UNION ALL SELECT 'stage', taught FROM unnest(c.stages) taught
                WHERE %s::text[] = '{}' OR taught = ANY(%s::text[])""",
            *[definition.indicator.stages] * 2,
        )
    text.add(") s GROUP BY 1, 2, 3, 4, 5")


def _aggregates(definition: Definition, part: Part) -> str:
    """The columns of TYPES in their order, from `units`."""
    quotient = "(numerator * {})::numeric(60,24) / nullif(denominator, 0)"
    own = "numerator"
    if measured_formula(part) is not None:
        own = "measured"
    elif part.denominator is not None and part.denominator.elements:
        own = f"round({quotient.format(definition.scale)}, 4)"
    squares = (
        f"sum(round({quotient.format('numerator')}, 20))" if definition.is_dispersion else "NULL::numeric"
    )
    extremes = "NULL::numeric" if definition.is_split else f"({own}) FILTER (WHERE is_reported)"
    return ", ".join(
        (
            "count(*) FILTER (WHERE is_due) AS n_due",
            "count(*) FILTER (WHERE is_reported) AS n_reported",
            "count(*) FILTER (WHERE is_excused) AS n_not_applicable",
            "count(*) FILTER (WHERE is_reported AND numerator > 0) AS n_true",
            "sum(numerator) AS numerator",
            "sum(denominator) AS denominator",
            f"{squares} AS sum_ratio_squares",
            "sum(quarter_numerator) AS quarter_numerator",
            "sum(quarter_denominator) AS quarter_denominator",
            f"{extremes if definition.is_split else 'min' + extremes} AS minimum",
            f"{extremes if definition.is_split else 'max' + extremes} AS maximum",
        )
    )


def writing_statement(
    *, plan_id: int, plan_region_id: int, region_ids: Sequence[int], computed_at: dt.datetime
) -> tuple[str, list[Any]]:
    """Return the statement that writes the results of the regions of one level, of all wanted indicators.

    The regions below must have been written before: their results are added, not their schools. It yields
    how many were written and removed, and the written ones of the plan's own region: a list of
    [indicator, period, slice kind, slice value].
    """
    text, regions = Text(), list(region_ids)
    _add_produced(text, regions, plan_region_id)
    columns = ", ".join(WRITTEN)
    text.add(
        f""", written AS (
        INSERT INTO rollups_result AS r (plan_id, computed_at, {KEY}, {columns})
        SELECT %s, %s, {KEY}, {columns} FROM produced
        ON CONFLICT ({KEY}) DO UPDATE SET computed_at = excluded.computed_at,
            {", ".join(f"{name} = excluded.{name}" for name in WRITTEN)}
        WHERE ({", ".join(f"r.{name}" for name in WRITTEN)})
            IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in WRITTEN)})
        RETURNING {KEY}),
        removed AS (
        DELETE FROM rollups_result r USING rollup_wanted w
        WHERE r.indicator_id = w.indicator_id AND r.period_id = w.period_id AND r.region_id = ANY(%s)
            AND NOT EXISTS (SELECT FROM produced p
                WHERE (p.indicator_id, p.period_id, p.region_id, p.slice_kind, p.slice_value)
                    = (r.indicator_id, r.period_id, r.region_id, r.slice_kind, r.slice_value))
        RETURNING r.id),
        unjudged AS (DELETE FROM rollups_judgement j USING removed WHERE j.result_id = removed.id RETURNING 1)
        SELECT (SELECT count(*) FROM written), (SELECT count(*) FROM removed),
            coalesce((SELECT jsonb_agg(jsonb_build_array(indicator_id, period_id, slice_kind, slice_value))
                FROM written WHERE region_id = %s), '[]')""",  # nosec B608
        plan_id,
        computed_at,
        regions,
        plan_region_id,
    )
    return text.sql, text.params


def _add_produced(text: Text, regions: list[int], plan_region_id: int) -> None:
    amounts = ", ".join(f"{JOINS.get(name, 'sum')}({name})::{kind} AS {name}" for name, kind in TYPES.items())
    text.add(
        f"""WITH pieces AS (
        SELECT {KEY}, {COLUMNS} FROM rollup_piece WHERE region_id = ANY(%s)
        UNION ALL SELECT r.indicator_id, r.period_id, c.parent_id, r.slice_kind, r.slice_value, {COLUMNS}
            FROM organisations_region c JOIN rollup_wanted w ON TRUE
            JOIN rollups_result r ON r.indicator_id = w.indicator_id AND r.period_id = w.period_id
                AND r.region_id = c.id
            WHERE c.parent_id = ANY(%s)
        UNION ALL SELECT indicator_id, period_id, %s, 'all', '', 0, 0, 0, 0{", NULL" * 7}
            FROM rollup_wanted WHERE %s = ANY(%s)),
        produced AS (
        SELECT {KEY}, w.as_of_id, w.threshold, {amounts}
        FROM pieces JOIN rollup_wanted w USING (indicator_id, period_id) GROUP BY 1, 2, 3, 4, 5, 6, 7
        HAVING sum(n_due) > 0 OR sum(numerator) IS NOT NULL OR sum(denominator) IS NOT NULL
            OR (slice_kind = 'all' AND region_id = %s))""",  # nosec B608
        regions,
        regions,
        plan_region_id,
        plan_region_id,
        regions,
        plan_region_id,
    )
