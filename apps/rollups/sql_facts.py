"""What units are made of: the organisations at the end of each quarter, and the facts they owe.

A refresh of few regions reads both into scratch tables once for all its indicators; a refresh of everything
and the pages have the facts of one indicator at a time. Either way units read `rollup_school` and
`rollup_fact`, a table here and a step of the statement there.
"""

# ruff: noqa: S608 - every value is a parameter; what is formatted in are names of our own

from __future__ import annotations

from collections.abc import Sequence

from apps.rollups.sql_text import Text

HELD = "t.valid_from <= day AND (t.valid_to IS NULL OR t.valid_to > day)"
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
        f"""WITH held AS (SELECT q.id AS period_id, o.id AS organisation_id, o.region_id,
            o.kind = 'school' AS is_school, o.closed_on IS NULL OR o.closed_on > q.ends_on AS is_alive,
            least(q.ends_on, o.closed_on - 1) AS day
            FROM organisations_organisation o CROSS JOIN collection_period q
            WHERE o.region_id = ANY(%s) AND q.id = ANY(%s)),
        profiles AS (SELECT DISTINCT ON (period_id, held.organisation_id) period_id, held.organisation_id,
            t.ownership::text, t.setting::text, t.school_type::text,
            array_agg(t.school_type::text) OVER (PARTITION BY period_id, held.organisation_id) AS types
            FROM held CROSS JOIN LATERAL (SELECT * FROM organisations_schoolprofile t
                WHERE t.organisation_id = held.organisation_id OFFSET 0) t WHERE {HELD}
            ORDER BY period_id, held.organisation_id, t.valid_from DESC),
        stages AS (SELECT period_id, held.organisation_id, array_agg(DISTINCT t.stage::text) AS stages
            FROM held CROSS JOIN LATERAL (SELECT * FROM organisations_schoolstage t
                WHERE t.organisation_id = held.organisation_id OFFSET 0) t WHERE {HELD} GROUP BY 1, 2)
        SELECT h.period_id, h.organisation_id, s.id AS submission_id, h.region_id, h.is_school, h.is_alive,
            p.types IS NOT NULL AS is_profiled, p.ownership, p.setting, p.school_type,
            coalesce(p.types, '{{}}') AS types, coalesce(g.stages, '{{}}') AS stages
        FROM held h LEFT JOIN profiles p USING (period_id, organisation_id)
        LEFT JOIN stages g USING (period_id, organisation_id)
        LEFT JOIN LATERAL (SELECT * FROM collection_submission s
            WHERE s.period_id = h.period_id AND s.organisation_id = h.organisation_id OFFSET 0) s ON TRUE""",  # nosec B608
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


def add_facts_of_few(text: Text, needed: Sequence[tuple[int, int]]) -> None:
    """Add the same query for few schools: each fact is looked up by itself, by the keys.

    A return's facts lie side by side there. In the indexes that cover them by element a district's are as far
    apart as there are districts, so that asking for what those do not hold keeps away from them.

    Args:
        needed: (period, element) pairs; of the other quarters of a stock nothing is read.
    """
    text.add(
        """SELECT n.element_id, h.period_id AS source_id, h.organisation_id, a.stage::text,
            v.accepted_number AS number, v.accepted_not_applicable AS is_excused
        FROM rollup_school h
        JOIN unnest(%s::bigint[], %s::bigint[]) n (period_id, element_id) USING (period_id)
        CROSS JOIN LATERAL (SELECT * FROM collection_assignment a
            WHERE a.period_id = h.period_id AND a.organisation_id = h.organisation_id
                AND a.element_id = n.element_id OFFSET 0) a
        LEFT JOIN LATERAL (SELECT * FROM collection_datavalue v
            WHERE v.submission_id = h.submission_id AND v.element_id = n.element_id OFFSET 0) v
            ON v.stage = a.stage AND v.accepted_at IS NOT NULL
        WHERE a.id > 0 AND (a.withdrawn_on IS NULL OR NOT h.is_alive)""",
        [period for period, _ in needed],
        [element for _, element in needed],
    )


def add_steps(
    text: Text, element_ids: Sequence[int], region_ids: Sequence[int], period_ids: Sequence[int]
) -> None:
    """Add both as steps of a statement about a few facts, after WITH or a comma."""
    text.add("rollup_school AS MATERIALIZED (")
    add_schools(text, region_ids, period_ids)
    text.add("), rollup_fact AS (")
    add_facts(text, element_ids, period_ids)
    text.add(")")
