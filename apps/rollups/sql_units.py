"""From accepted facts to units: the first half of the refresh statement."""

# ruff: noqa: S608 - every value is a parameter; what is formatted in are names and numbers of our own

from __future__ import annotations

from collections.abc import Sequence

from apps.plans import formulas
from apps.plans.formulas import Formula
from apps.rollups.definitions import Definition, Part, measured_formula
from apps.rollups.sql_text import HELD, Text


def add_units(text: Text, definition: Definition, part: Part, number: int, region_ids: Sequence[int]) -> None:
    """Add the steps `facts`, `amounts` and `units` of one part of an indicator."""
    _add_facts(text, part, number, region_ids)
    _add_amounts(text, definition, part, number)
    _add_units(text, definition, number)


def _add_facts(text: Text, part: Part, number: int, region_ids: Sequence[int]) -> None:
    """What a closed school was asked is withdrawn, but what it had reported by then stays in the flows."""
    pivots = "".join(
        f", max(v.accepted_number) FILTER (WHERE a.element_id = {element.pk:d}) AS element_{element.pk:d}"
        for element in part.elements
    )
    text.add(
        f""", facts{number} AS (
        SELECT a.period_id AS source_id, a.organisation_id, a.stage, o.region_id, o.kind, o.closed_on,
            least(q.ends_on, o.closed_on - 1) AS asked_on,
            count(v.accepted_number) = count(*) AS is_complete,
            coalesce(bool_or(v.accepted_not_applicable), FALSE) AS is_excused {pivots}
        FROM collection_assignment a
        JOIN collection_period q ON q.id = a.period_id
        JOIN organisations_organisation o ON o.id = a.organisation_id AND o.region_id = ANY(%s)
        LEFT JOIN collection_submission s
            ON s.period_id = a.period_id AND s.organisation_id = a.organisation_id
        LEFT JOIN collection_datavalue v ON v.submission_id = s.id AND v.element_id = a.element_id
            AND v.stage = a.stage AND v.accepted_at IS NOT NULL
        WHERE a.element_id = ANY(%s) AND a.period_id IN (SELECT source_id FROM sources)
            AND (a.withdrawn_on IS NULL OR o.closed_on <= q.ends_on)
        GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING count(*) = %s)""",
        list(region_ids),
        [element.pk for element in part.elements],
        len(part.elements),
    )


def _add_amounts(text: Text, definition: Definition, part: Part, number: int) -> None:
    """Attributes are those of the as-of quarter's last day, or of the school's own last day before it.

    A fact may serve several indicators: it counts for the school types and stages that this one asks.
    """
    text.add(f", amounts{number} AS (SELECT u.*, p.ownership, p.setting,")
    text.add("(p.id IS NOT NULL OR NOT %s) AS is_profiled,", part.uses_profile)
    for name, formula in (
        ("numerator", part.numerator),
        ("denominator", part.denominator),
        ("measured", measured_formula(part)),
    ):
        _add_amount(text, part, formula).add(f"AS {name}," if name != "measured" else f"AS {name}")
    text.add(
        f"""FROM (SELECT f.*, w.period_id, w.threshold, f.source_id = w.as_of_id AS is_current,
                f.closed_on IS NULL OR f.closed_on > w.as_of_ends AS is_alive,
                least(w.as_of_ends, f.closed_on - 1) AS attribute_date
            FROM wanted w JOIN sources USING (period_id) JOIN facts{number} f USING (source_id)) u
        LEFT JOIN LATERAL (SELECT * FROM organisations_schoolprofile t
            WHERE {HELD.format(unit="u", date="attribute_date")} ORDER BY valid_from DESC LIMIT 1) p ON TRUE
        WHERE u.kind <> 'school' OR (
            (%s::text[] = '{{}}' OR EXISTS (SELECT FROM organisations_schoolprofile t
                WHERE {HELD.format(unit="u", date="asked_on")} AND t.school_type = ANY(%s::text[])))
            AND (%s::text[] = '{{}}' OR u.stage = ANY(%s::text[]) OR (u.stage = 'whole' AND EXISTS (
                SELECT FROM organisations_schoolstage t
                WHERE {HELD.format(unit="u", date="asked_on")} AND t.stage = ANY(%s::text[]))))))""",
        *[definition.indicator.applies_to] * 2,
        *[definition.indicator.stages] * 3,
    )


def _add_amount(text: Text, part: Part, formula: Formula | None) -> Text:
    if formula is None:
        return text.add("NULL::numeric")
    columns = {element.code: f"u.element_{element.pk:d}" for element in part.elements}
    columns |= {name: f"p.{name}" for name in ("ownership", "setting", "school_type")}
    columns |= {"stage": "u.stage", formulas.THRESHOLD: "u.threshold"}
    expression, params = formulas.to_sql(formula, columns=columns)
    return text.add(expression, *params)


def _add_units(text: Text, definition: Definition, number: int) -> None:
    """A school with nothing to divide by is outside a dispersion; a closed one keeps its flows only."""
    excused = "is_excused"
    if definition.is_dispersion:
        excused = "(is_excused OR coalesce(is_complete AND denominator <= 0, FALSE))"
    counted = f"is_complete AND is_profiled AND NOT {excused}"
    summed = counted if definition.is_flow else f"{counted} AND is_alive"
    current = f"{summed} AND is_current" if definition.is_flow else "FALSE"
    text.add(
        f""", units{number} AS (
        SELECT period_id, organisation_id, region_id, stage, ownership, setting, attribute_date,
            bool_or(is_current AND is_alive) AS is_due,
            bool_or(is_current AND is_alive AND {excused}) AS is_excused,
            bool_or(is_current AND is_alive AND {counted}) AS is_reported,
            sum(numerator) FILTER (WHERE {summed}) AS numerator,
            sum(denominator) FILTER (WHERE {summed}) AS denominator,
            sum(measured) FILTER (WHERE {summed}) AS measured,
            sum(numerator) FILTER (WHERE {current}) AS quarter_numerator,
            sum(denominator) FILTER (WHERE {current}) AS quarter_denominator
        FROM amounts{number} GROUP BY 1, 2, 3, 4, 5, 6, 7)"""
    )
