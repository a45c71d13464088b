"""From units to stored results.

cells     units added up by region and by everything that decides a slice: the only pass over single schools
pieces    cells dealt out to the slices they belong to

`sql_writing` adds pieces and the results of the regions below up, and writes what is different.
"""

# ruff: noqa: S608 - every value is a parameter; what is formatted in are names and numbers of our own

from __future__ import annotations

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
        FROM cells c JOIN parts p USING (part) CROSS JOIN LATERAL (SELECT 'all' AS kind, '' AS value"""  # nosec B608
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
    return f"SELECT u.*, {own} AS own FROM units u JOIN parts p USING (part) OFFSET 0"  # nosec B608


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
