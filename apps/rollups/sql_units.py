"""From facts to units: what every figure is added up from, here and on the pages that show single schools.

facts     one row per quarter × organisation × stage that owes them: all accepted? one not applicable?
amounts   those rows for each wanted quarter, with the formulas' amounts and the school's attributes
units     one row per unit and wanted quarter: of a stock one fact row, of a flow one per due quarter

All of it for the parts of one shape at once: `parts`, `part_facts` and `tasks` say which.
"""

# ruff: noqa: S608 - every value is a parameter; what is formatted in are names and numbers of our own

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.rollups.definitions import Definition
from apps.rollups.shapes import Amount, Shape, params_of
from apps.rollups.sql_facts import add_facts_of_few, add_schools, add_steps
from apps.rollups.sql_text import Text

UNIT = "part, period_id, organisation_id, region_id, stage, stages, ownership, setting"


@dataclass(frozen=True)
class Wanted:
    """A quarter to compute, its as-of period (None before the first due one) and the periods summed."""

    period_id: int
    as_of_id: int | None = None
    as_of_ends: dt.date | None = None
    threshold: Decimal | None = None
    source_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Job:
    """A part of an indicator, and the quarters that it is to be computed for."""

    definition: Definition
    number: int
    wanted: tuple[Wanted, ...]

    @property
    def shape(self) -> Shape:
        return self.definition.shapes[self.number].shape

    @property
    def element_ids(self) -> tuple[int, ...]:
        return self.definition.shapes[self.number].element_ids


def periods_in(wanted: Sequence[Wanted]) -> list[int]:
    """Return the periods whose facts or school attributes are read."""
    return sorted({source for row in wanted for source in row.source_ids})


def add_jobs(text: Text, jobs: Sequence[Job]) -> None:
    """Begin a statement with the steps `parts`, `part_facts` and `tasks`; the jobs are of one shape."""
    indicators = [job.definition.indicator for job in jobs]
    facts = [(part, pk, n) for part, job in enumerate(jobs) for n, pk in enumerate(job.element_ids, start=1)]
    tasks = [
        (part, row.period_id, source, row.as_of_id, row.threshold)
        for part, job in enumerate(jobs)
        for row in job.wanted
        for source in row.source_ids
    ]
    text.add(
        """WITH parts (part, indicator_id, scale, types, stages) AS (
            SELECT part, indicator_id, scale, types::text[], stages::text[]
            FROM unnest(%s::int[], %s::bigint[], %s::int[], %s::text[], %s::text[])
                AS p (part, indicator_id, scale, types, stages)),""",
        list(range(len(jobs))),
        [indicator.pk for indicator in indicators],
        [job.definition.scale for job in jobs],
        [_words(indicator.applies_to) for indicator in indicators],
        [_words(indicator.stages) for indicator in indicators],
    )
    text.add(
        """part_facts (part, element_id, place) AS (
            SELECT * FROM unnest(%s::int[], %s::bigint[], %s::int[])),
        tasks (part, period_id, source_id, as_of_id, threshold) AS (
            SELECT * FROM unnest(%s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[]))""",
        *_columns(facts, 3),
        *_columns(tasks, 5),
    )


def _columns(rows: Sequence[tuple], width: int) -> list[list]:
    return [[row[place] for row in rows] for place in range(width)]


def _words(words: Sequence[str]) -> str:
    """A list of our own code words as PostgreSQL writes an array."""
    return "{" + ",".join(words) + "}"


def add_own_units(
    text: Text, definition: Definition, wanted: Sequence[Wanted], region_ids: Sequence[int]
) -> None:
    """Begin a statement that reads all of `units`, those of an indicator with one reporter, by itself."""
    job = Job(definition, 0, tuple(wanted))
    add_jobs(text, [job])
    add_steps(text.add(","), job.element_ids, region_ids, periods_in(wanted))
    add_units(text, job.shape)


def add_units_of_all(
    text: Text, jobs: Sequence[Job], region_ids: Sequence[int], select: Callable[[Shape], str]
) -> None:
    """Add a statement about the units of many parts: their facts are read once, each shape adds its rows.

    Args:
        select: what to ask of `units JOIN parts USING (part)` of a shape.
    """
    periods = sorted({period for job in jobs for period in periods_in(job.wanted)})
    add_schools(text.add("WITH rollup_school AS MATERIALIZED ("), region_ids, periods)
    add_facts_of_few(text.add("), rollup_fact AS MATERIALIZED ("), facts_of(jobs))
    text.add(")")
    for place, alike in enumerate(by_shape(jobs)):
        text.add("UNION ALL" if place else "").add("SELECT * FROM (")
        add_jobs(text, alike)
        add_units(text, alike[0].shape)
        text.add(f"{select(alike[0].shape)}) AS shape_{place:d}")


def facts_of(jobs: Sequence[Job]) -> list[tuple[int, int]]:
    """Return the (period, element) pairs that the jobs read."""
    return sorted({(pk, fact) for job in jobs for pk in periods_in(job.wanted) for fact in job.element_ids})


def by_shape(jobs: Sequence[Job]) -> list[list[Job]]:
    """Return the jobs that one statement serves, together."""
    alike: dict[Shape, list[Job]] = {}
    for job in jobs:
        alike.setdefault(job.shape, []).append(job)
    return list(alike.values())


def add_units(text: Text, shape: Shape) -> None:
    """Add the steps `facts`, `amounts` and `units`, from `rollup_school` and `rollup_fact`."""
    _add_facts(text, shape)
    _add_amounts(text, shape)
    _add_units(text, shape)


def _add_facts(text: Text, shape: Shape) -> None:
    """A single fact is its own row; several of a unit are brought into one, if all of them are owed.

    Either way facts are found by element first: nothing else tells many of them apart.
    """
    if shape.facts == 1:
        columns = "number IS NOT NULL AS is_complete, is_excused, number AS fact_1"
        grouped = "OFFSET 0"
    else:
        pivots = "".join(
            f", max(number) FILTER (WHERE place = {place}) AS fact_{place}"
            for place in range(1, shape.facts + 1)
        )
        columns = f"count(number) = count(*) AS is_complete, bool_or(is_excused) AS is_excused {pivots}"
        grouped = f"GROUP BY 1, 2, 3, 4 HAVING count(*) = {shape.facts:d}"
    text.add(
        f""", facts AS (SELECT p.part, f.source_id, f.organisation_id, f.stage, {columns}
        FROM part_facts p JOIN rollup_fact f USING (element_id) {grouped})"""  # nosec B608
    )


def _add_amounts(text: Text, shape: Shape) -> None:
    """A fact may serve several indicators: it counts for the school types and stages that this one asks."""
    text.add(
        f""", amounts AS (SELECT f.part, w.period_id, f.organisation_id, h.region_id, f.stage,
            CASE WHEN f.stage = 'whole' THEN h.stages END AS stages, h.ownership, h.setting, h.is_alive,
            f.source_id = w.as_of_id AS is_current, f.is_complete,
            coalesce(f.is_excused, FALSE) AS is_excused,
            {"h.is_profiled" if shape.uses_profile else "TRUE"} AS is_profiled"""
    )
    for name in ("numerator", "denominator", "measured"):
        text.add(",")
        _add_amount(text, getattr(shape, name)).add(f"AS {name}")
    text.add(
        """FROM facts f JOIN tasks w USING (part, source_id)
        JOIN rollup_school h ON h.period_id = w.as_of_id AND h.organisation_id = f.organisation_id"""
    )
    if shape.asks_some:
        _add_asked(text, shape)
    text.add(")")


def _add_amount(text: Text, amount: Amount | None) -> Text:
    return text.add("NULL::numeric") if amount is None else text.add(amount[0], *params_of(amount))


def _add_asked(text: Text, shape: Shape) -> None:
    """Leave out schools that were not asked when they reported."""
    asked = "h"
    text.add("JOIN parts p USING (part)")
    if shape.is_flow:
        asked = "a"
        text.add(
            "JOIN rollup_school a ON a.period_id = f.source_id AND a.organisation_id = f.organisation_id"
        )
    text.add(
        f"""WHERE NOT {asked}.is_school OR ((p.types = '{{}}' OR {asked}.types && p.types)
            AND (p.stages = '{{}}' OR f.stage = ANY(p.stages)
                OR (f.stage = 'whole' AND {asked}.stages && p.stages)))"""
    )


def _add_units(text: Text, shape: Shape) -> None:
    """A school with nothing to divide by is outside a dispersion; a closed one keeps its flows only."""
    excused = "is_excused"
    if shape.is_dispersion:
        excused = "(is_excused OR coalesce(is_complete AND denominator <= 0, FALSE))"
    counted = f"is_complete AND is_profiled AND NOT {excused}"
    columns = _summed(excused, counted) if shape.is_flow else _single(excused, counted)
    grouped = "GROUP BY 1, 2, 3, 4, 5, 6, 7, 8" if shape.is_flow else ""
    text.add(f", units AS (SELECT {UNIT}, {columns} FROM amounts {grouped})")  # nosec B608


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
