"""What units are made of: the organisations at the end of each quarter, and the facts they owe.

A refresh of few regions reads both into scratch tables once for all its indicators; a refresh of everything
and the pages have the facts of one indicator at a time. Either way units read `rollup_school` and
`rollup_fact`, a table here and a step of the statement there.
"""

# ruff: noqa: S608 - every value is a parameter; what is formatted in are names of our own

from __future__ import annotations

from collections.abc import Sequence

from apps.rollups.definitions import Part
from apps.rollups.sql_text import Text

HELD = (
    "t.organisation_id = o.id AND t.valid_from <= least(q.ends_on, o.closed_on - 1)"
    " AND (t.valid_to IS NULL OR t.valid_to > least(q.ends_on, o.closed_on - 1))"
)
SCHOOL_COLUMNS = {
    "period_id": "bigint",
    "organisation_id": "bigint",
    "submission_id": "bigint",
    "region_id": "bigint",
    "is_school": "boolean",
    "is_alive": "boolean",
    "is_profiled": "boolean",
    "ownership": "text",
    "setting": "text",
    "school_type": "text",
    "types": "text[]",
    "stages": "text[]",
}
FACT_COLUMNS = {
    "element_id": "bigint",
    "source_id": "bigint",
    "organisation_id": "bigint",
    "stage": "text",
    "number": "numeric",
    "is_excused": "boolean",
}


def add_schools(text: Text, region_ids: Sequence[int], period_ids: Sequence[int]) -> None:
    """Add the query of `rollup_school`: each organisation of the regions as it was when each quarter ended.

    Attributes are those of the quarter's last day, or of the organisation's own last day before it.
    """
    text.add(
        f"""SELECT q.id AS period_id, o.id AS organisation_id, s.id AS submission_id, o.region_id,
            o.kind = 'school' AS is_school, o.closed_on IS NULL OR o.closed_on > q.ends_on AS is_alive,
            p.id IS NOT NULL AS is_profiled, p.ownership::text, p.setting::text, p.school_type::text,
            ARRAY(SELECT t.school_type::text FROM organisations_schoolprofile t WHERE {HELD}) AS types,
            ARRAY(SELECT DISTINCT t.stage::text FROM organisations_schoolstage t WHERE {HELD}
                ORDER BY 1) AS stages
        FROM organisations_organisation o CROSS JOIN collection_period q
        LEFT JOIN collection_submission s ON s.period_id = q.id AND s.organisation_id = o.id
        LEFT JOIN LATERAL (SELECT * FROM organisations_schoolprofile t WHERE {HELD}
            ORDER BY valid_from DESC LIMIT 1) p ON TRUE
        WHERE o.region_id = ANY(%s) AND q.id = ANY(%s)""",  # nosec B608
        list(region_ids),
        list(period_ids),
    )


def add_facts(text: Text, element_ids: Sequence[int], period_ids: Sequence[int]) -> None:
    """Add the query of `rollup_fact`: what is owed, with what of it has been accepted.

    What a closed school was asked is withdrawn, but what it had reported by then stays in the flows.
    """
    text.add(
        """SELECT a.element_id, a.period_id AS source_id, a.organisation_id, a.stage::text,
            v.accepted_number AS number, v.accepted_not_applicable AS is_excused
        FROM rollup_school h
        JOIN collection_assignment a ON a.period_id = h.period_id AND a.organisation_id = h.organisation_id
        LEFT JOIN collection_datavalue v ON v.submission_id = h.submission_id
            AND v.element_id = a.element_id AND v.stage = a.stage AND v.accepted_at IS NOT NULL
        WHERE a.element_id = ANY(%s) AND a.period_id = ANY(%s)
            AND (a.withdrawn_on IS NULL OR NOT h.is_alive)""",
        list(element_ids),
        list(period_ids),
    )


def add_steps(text: Text, part: Part, region_ids: Sequence[int], period_ids: Sequence[int]) -> None:
    """Add both as steps of a statement that begins with `wanted` and is about one part of an indicator."""
    text.add(", rollup_school AS MATERIALIZED (")
    add_schools(text, region_ids, period_ids)
    text.add("), rollup_fact AS (")
    add_facts(text, [element.pk for element in part.elements], period_ids)
    text.add(")")
