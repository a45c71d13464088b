"""From facts to units: what every figure is added up from, here and on the pages that show single schools.

facts     one row per quarter × organisation × stage that owes them: all accepted? one not applicable?
amounts   those rows for each wanted quarter, with the formulas' amounts and the school's attributes
units     one row per unit and wanted quarter: of a stock one fact row, of a flow one per due quarter
"""

# ruff: noqa: S608 - every value is a parameter; what is formatted in are names and numbers of our own

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.plans import formulas
from apps.plans.formulas import Formula
from apps.rollups.definitions import Definition, Part, measured_formula
from apps.rollups.sql_facts import add_steps
from apps.rollups.sql_text import Text

UNIT = "period_id, organisation_id, region_id, stage, stages, ownership, setting"


@dataclass(frozen=True)
class Wanted:
    """A quarter to compute, its as-of period (None before the first due one) and the periods summed."""

    period_id: int
    as_of_id: int | None = None
    as_of_ends: dt.date | None = None
    threshold: Decimal | None = None
    source_ids: tuple[int, ...] = ()


def periods_in(wanted: Sequence[Wanted]) -> list[int]:
    """Return the periods whose facts or school attributes are read."""
    return sorted({source for row in wanted for source in row.source_ids})


def add_wanted(text: Text, wanted: Sequence[Wanted]) -> None:
    """Begin a statement with the steps `wanted` and `sources`."""
    text.add(
        """WITH wanted (period_id, as_of_id, threshold) AS (
            SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[])),
        sources (period_id, source_id) AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[]))""",
        [row.period_id for row in wanted],
        [row.as_of_id for row in wanted],
        [row.threshold for row in wanted],
        [row.period_id for row in wanted for _ in row.source_ids],
        [source for row in wanted for source in row.source_ids],
    )


def add_own_units(
    text: Text, definition: Definition, wanted: Sequence[Wanted], region_ids: Sequence[int]
) -> None:
    """Begin a statement that reads all of `units0`, those of an indicator with one reporter, by itself."""
    part = definition.parts[0]
    add_wanted(text, wanted)
    add_steps(text, part, region_ids, periods_in(wanted))
    add_units(text, definition, part, 0)


def add_units(text: Text, definition: Definition, part: Part, number: int) -> None:
    """Add the steps `facts`, `amounts` and `units` of one part, from `rollup_school` and `rollup_fact`."""
    _add_facts(text, part, number)
    _add_amounts(text, definition, part, number)
    _add_units(text, definition, number)


def _add_facts(text: Text, part: Part, number: int) -> None:
    """A single fact is its own row; several of a unit are brought into one, if all of them are owed."""
    elements = [element.pk for element in part.elements]
    if len(elements) == 1:
        columns = f"number IS NOT NULL AS is_complete, is_excused, number AS element_{elements[0]:d}"
        grouped = ""
    else:
        pivots = "".join(
            f", max(number) FILTER (WHERE element_id = {pk:d}) AS element_{pk:d}" for pk in elements
        )
        columns = f"count(number) = count(*) AS is_complete, bool_or(is_excused) AS is_excused {pivots}"
        grouped = f"GROUP BY 1, 2, 3 HAVING count(*) = {len(elements):d}"
    text.add(
        f""", facts{number} AS (SELECT source_id, organisation_id, stage, {columns}
        FROM rollup_fact WHERE element_id = ANY(%s) AND source_id IN (SELECT source_id FROM sources)
        {grouped})""",  # nosec B608
        elements,
    )


def _add_amounts(text: Text, definition: Definition, part: Part, number: int) -> None:
    """A fact may serve several indicators: it counts for the school types and stages that this one asks."""
    text.add(
        f""", amounts{number} AS (SELECT w.period_id, f.organisation_id, h.region_id, f.stage,
            CASE WHEN f.stage = 'whole' THEN h.stages END AS stages, h.ownership, h.setting, h.is_alive,
            f.source_id = w.as_of_id AS is_current, f.is_complete,
            coalesce(f.is_excused, FALSE) AS is_excused,
            (h.is_profiled OR NOT %s) AS is_profiled""",
        part.uses_profile,
    )
    for name, formula in (
        ("numerator", part.numerator),
        ("denominator", part.denominator),
        ("measured", measured_formula(part)),
    ):
        text.add(",")
        _add_amount(text, part, formula).add(f"AS {name}")
    text.add(
        f"""FROM wanted w JOIN sources USING (period_id) JOIN facts{number} f USING (source_id)
        JOIN rollup_school h ON h.period_id = w.as_of_id AND h.organisation_id = f.organisation_id"""
    )
    _add_asked(text, definition)
    text.add(")")


def _add_asked(text: Text, definition: Definition) -> None:
    """Leave out schools that were not asked when they reported, where the indicator asks not all of them."""
    types, stages = definition.indicator.applies_to, definition.indicator.stages
    if not types and not stages:
        return
    asked = "h"
    if definition.is_flow:
        asked = "a"
        text.add(
            "JOIN rollup_school a ON a.period_id = f.source_id AND a.organisation_id = f.organisation_id"
        )
    text.add(
        f"""WHERE NOT {asked}.is_school OR ((%s::text[] = '{{}}' OR {asked}.types && %s::text[])
            AND (%s::text[] = '{{}}' OR f.stage = ANY(%s::text[])
                OR (f.stage = 'whole' AND {asked}.stages && %s::text[])))""",
        *[types] * 2,
        *[stages] * 3,
    )


def _add_amount(text: Text, part: Part, formula: Formula | None) -> Text:
    if formula is None:
        return text.add("NULL::numeric")
    columns = {element.code: f"f.element_{element.pk:d}" for element in part.elements}
    columns |= {name: f"h.{name}" for name in ("ownership", "setting", "school_type")}
    columns |= {"stage": "f.stage", formulas.THRESHOLD: "w.threshold"}
    expression, params = formulas.to_sql(formula, columns=columns)
    return text.add(expression, *params)


def _add_units(text: Text, definition: Definition, number: int) -> None:
    """A school with nothing to divide by is outside a dispersion; a closed one keeps its flows only."""
    excused = "is_excused"
    if definition.is_dispersion:
        excused = "(is_excused OR coalesce(is_complete AND denominator <= 0, FALSE))"
    counted = f"is_complete AND is_profiled AND NOT {excused}"
    columns = _summed(excused, counted) if definition.is_flow else _single(excused, counted)
    grouped = "GROUP BY 1, 2, 3, 4, 5, 6, 7" if definition.is_flow else ""
    text.add(f", units{number} AS (SELECT {UNIT}, {columns} FROM amounts{number} {grouped})")  # nosec B608


def _single(excused: str, counted: str) -> str:
    """Of a stock a unit is the one row of its as-of quarter."""
    summed = f"CASE WHEN {counted} AND is_alive THEN"
    return f"""is_alive AS is_due, is_alive AND {excused} AS is_excused,
        is_alive AND {counted} AS is_reported,
        {summed} numerator END AS numerator, {summed} denominator END AS denominator,
        {summed} measured END AS measured,
        NULL::numeric AS quarter_numerator, NULL::numeric AS quarter_denominator"""


def _summed(excused: str, counted: str) -> str:
    current = f"{counted} AND is_current"
    return f"""bool_or(is_current AND is_alive) AS is_due,
        bool_or(is_current AND is_alive AND {excused}) AS is_excused,
        bool_or(is_current AND is_alive AND {counted}) AS is_reported,
        sum(numerator) FILTER (WHERE {counted}) AS numerator,
        sum(denominator) FILTER (WHERE {counted}) AS denominator,
        sum(measured) FILTER (WHERE {counted}) AS measured,
        sum(numerator) FILTER (WHERE {current}) AS quarter_numerator,
        sum(denominator) FILTER (WHERE {current}) AS quarter_denominator"""
