"""From units to stored results: the second half of the refresh statement."""

# ruff: noqa: S608 - every value is a parameter; what is formatted in are names and numbers of our own

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from apps.rollups.definitions import Definition, Part, measured_formula
from apps.rollups.sql_text import HELD, Text

COUNTS = ("n_due", "n_reported", "n_not_applicable", "n_true")
TOTALS = ("numerator", "denominator", "sum_ratio_squares", "quarter_numerator", "quarter_denominator")
TYPES = {
    **dict.fromkeys(COUNTS, "integer"),
    **dict.fromkeys(TOTALS, "numeric(24,4)"),
    "sum_ratio_squares": "numeric(40,12)",
    **dict.fromkeys(("minimum", "maximum"), "numeric(20,4)"),
}
KEY = "indicator_id, period_id, region_id, slice_kind, slice_value"


def add_produced(text: Text, definition: Definition, region_ids: Sequence[int], plan_region_id: int) -> None:
    columns = ", ".join(TYPES)
    text.add(", pieces AS (")
    for number, part in enumerate(definition.parts):
        _add_slices(text, definition, part, number).add("UNION ALL")
    text.add(
        f"""SELECT r.period_id, c.parent_id, r.slice_kind, r.slice_value, {columns}
            FROM rollups_result r JOIN organisations_region c ON c.id = r.region_id
            JOIN wanted w ON w.period_id = r.period_id
            WHERE r.indicator_id = %s AND c.parent_id = ANY(%s)
        UNION ALL SELECT period_id, %s, 'all', '', 0, 0, 0, 0{", NULL" * 7}
            FROM wanted WHERE %s = ANY(%s))""",
        definition.indicator.pk,
        list(region_ids),
        plan_region_id,
        plan_region_id,
        list(region_ids),
    )
    joins = {"minimum": "min", "maximum": "max"}
    amounts = ", ".join(f"{joins.get(name, 'sum')}({name})::{kind} AS {name}" for name, kind in TYPES.items())
    text.add(
        f""", produced AS (
        SELECT period_id, region_id, slice_kind, slice_value, w.as_of_id, w.threshold, {amounts}
        FROM pieces JOIN wanted w USING (period_id) GROUP BY 1, 2, 3, 4, 5, 6
        HAVING sum(n_due) > 0 OR sum(numerator) IS NOT NULL OR sum(denominator) IS NOT NULL
            OR (slice_kind = 'all' AND region_id = %s))""",
        plan_region_id,
    )


def _add_slices(text: Text, definition: Definition, part: Part, number: int) -> Text:
    """A school counts for facts about it as one in the slice of each of its stages."""
    text.add(
        f"""SELECT u.period_id, u.region_id, s.kind AS slice_kind, s.value AS slice_value,
            {_aggregates(definition, part)}
        FROM units{number} u CROSS JOIN LATERAL (SELECT 'all' AS kind, '' AS value"""
    )
    if not definition.is_split:
        text.add(
            f"""UNION ALL SELECT 'ownership', u.ownership WHERE u.ownership IS NOT NULL
            UNION ALL SELECT 'setting', u.setting WHERE u.setting IS NOT NULL
            UNION ALL SELECT 'stage', u.stage WHERE u.stage <> 'whole'
            UNION ALL SELECT DISTINCT 'stage', t.stage FROM organisations_schoolstage t
                WHERE u.stage = 'whole' AND {HELD.format(unit="u", date="attribute_date")}
                    AND (%s::text[] = '{{}}' OR t.stage = ANY(%s::text[]))""",
            *[definition.indicator.stages] * 2,
        )
    return text.add(") s GROUP BY 1, 2, 3, 4")


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


def add_writing(
    text: Text, indicator_id: int, plan_id: int, region_ids: Sequence[int], computed_at: dt.datetime
) -> None:
    names = ("as_of_id", "threshold", *TYPES)
    columns = ", ".join(names)
    text.add(
        f""", written AS (
        INSERT INTO rollups_result AS r (plan_id, computed_at, {KEY}, {columns})
        SELECT %s, %s, %s, period_id, region_id, slice_kind, slice_value, {columns} FROM produced
        ON CONFLICT ({KEY}) DO UPDATE SET computed_at = excluded.computed_at,
            {", ".join(f"{name} = excluded.{name}" for name in names)}
        WHERE ({", ".join(f"r.{name}" for name in names)})
            IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in names)})
        RETURNING 1),
        removed AS (
        DELETE FROM rollups_result r USING wanted w
        WHERE r.indicator_id = %s AND r.period_id = w.period_id AND r.region_id = ANY(%s)
            AND NOT EXISTS (SELECT FROM produced p
                WHERE (p.period_id, p.region_id, p.slice_kind, p.slice_value)
                    = (r.period_id, r.region_id, r.slice_kind, r.slice_value))
        RETURNING r.id),
        unjudged AS (DELETE FROM rollups_judgement j USING removed WHERE j.result_id = removed.id RETURNING 1)
        SELECT (SELECT count(*) FROM written), (SELECT count(*) FROM removed)""",
        plan_id,
        computed_at,
        indicator_id,
        indicator_id,
        list(region_ids),
    )
