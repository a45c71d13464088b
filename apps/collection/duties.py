"""Who owes which fact when, and for which indicator: the one statement of that rule, in SQL.

A school owes a fact for each quarter in which an asked indicator that uses it is due and applies to the
school's type and stages on the quarter's last day; whether it uses the fact is up to its definition of that
quarter. An office fact is owed by the lead office of the first indicator that uses it, so that it is asked
once. Asked: its tier is on and it is not muted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from apps.collection.keys import Key
from apps.core.reading import connection_for_reading

DUTIES = """
    WITH asked AS (
        SELECT i.*, plan.region_id
        FROM plans_indicator i
        JOIN plans_annualplan plan ON plan.id = i.plan_id
        JOIN plans_planpolicy policy ON policy.plan_id = plan.id AND i.tier = ANY(policy.enabled_tiers)
         AND i.code <> ALL(policy.muted_codes)
        WHERE plan.id = %(plan)s
    ),
    uses AS (
        SELECT asked.*, link.quarters, e.id AS element_id, e.reporter AS element_reporter, e.per_stage
        FROM asked
        JOIN plans_indicatorelement link ON link.indicator_id = asked.id
        JOIN plans_dataelement e ON e.id = link.element_id
    ),
    office_of AS (
        SELECT DISTINCT ON (element_id) element_id, lead_office_id AS organisation_id
        FROM uses WHERE element_reporter = 'office'
        ORDER BY element_id, position, id
    ),
    duties AS (
        SELECT p.id AS period_id, o.id AS organisation_id, u.element_id,
               CASE WHEN u.per_stage THEN st.stage ELSE 'whole' END AS stage,
               u.id AS indicator_id, u.lead_office_id AS office_id
        FROM uses u
        JOIN collection_period p ON p.plan_id = u.plan_id AND p.quarter = ANY(u.due_quarters)
         AND p.quarter = ANY(u.quarters)
        JOIN organisations_regionancestor tree ON tree.ancestor_id = u.region_id
        JOIN organisations_organisation o ON o.region_id = tree.descendant_id AND o.kind = 'school'
         AND o.opened_on <= p.ends_on AND (o.closed_on IS NULL OR o.closed_on > p.ends_on)
        JOIN organisations_schoolprofile sp ON sp.organisation_id = o.id
         AND sp.valid_from <= p.ends_on AND (sp.valid_to IS NULL OR sp.valid_to > p.ends_on)
        JOIN organisations_schoolstage st ON st.organisation_id = o.id
         AND st.valid_from <= p.ends_on AND (st.valid_to IS NULL OR st.valid_to > p.ends_on)
        WHERE u.element_reporter = 'school'
          AND (cardinality(u.applies_to) = 0 OR sp.school_type = ANY(u.applies_to))
          AND (cardinality(u.stages) = 0 OR st.stage = ANY(u.stages))
          AND (%(only_periods)s::bigint[] IS NULL OR p.id = ANY(%(only_periods)s))
          AND (%(organisations)s::bigint[] IS NULL OR o.id = ANY(%(organisations)s))
        UNION
        SELECT p.id, o.id, u.element_id, 'whole', u.id, u.lead_office_id
        FROM uses u
        JOIN office_of ON office_of.element_id = u.element_id
        JOIN collection_period p ON p.plan_id = u.plan_id AND p.quarter = ANY(u.due_quarters)
         AND p.quarter = ANY(u.quarters)
        JOIN organisations_organisation o ON o.id = office_of.organisation_id
         AND o.opened_on <= p.ends_on AND (o.closed_on IS NULL OR o.closed_on > p.ends_on)
        WHERE (%(only_periods)s::bigint[] IS NULL OR p.id = ANY(%(only_periods)s))
          AND (%(organisations)s::bigint[] IS NULL OR o.id = ANY(%(organisations)s))
    )
"""


@dataclass(frozen=True)
class Duty:
    """One fact owed for one indicator; the same fact may be owed for several."""

    period_id: int
    organisation_id: int
    element_id: int
    stage: str
    indicator_id: int
    area_id: int
    office_id: int

    @property
    def key(self) -> Key:
        return (self.element_id, self.stage)


STATEMENT = f"""{DUTIES}
    SELECT DISTINCT d.period_id, d.organisation_id, d.element_id, d.stage, d.indicator_id,
           i.area_id, d.office_id, a.number, i.position
    FROM duties d
    JOIN plans_indicator i ON i.id = d.indicator_id
    JOIN plans_taskarea a ON a.id = i.area_id
    ORDER BY a.number, i.position, d.indicator_id
"""  # noqa: S608 - constant text  # nosec B608


def duties_of(*, plan_id: int, periods: Iterable[int], organisations: Iterable[int]) -> list[Duty]:
    """Return what these organisations owe in these periods, by area and indicator (one query)."""
    parameters: dict[str, Any] = {
        "plan": plan_id,
        "only_periods": list(periods),
        "organisations": list(organisations),
    }
    with connection_for_reading().cursor() as cursor:
        cursor.execute(STATEMENT, parameters)
        return [Duty(*row[:7]) for row in cursor.fetchall()]


UNASKED = f"""{DUTIES}
    SELECT count(DISTINCT (d.period_id, d.organisation_id))
    FROM duties d JOIN collection_period p ON p.id = d.period_id
    WHERE d.indicator_id = %(indicator)s AND p.quarter >= %(since)s
      AND NOT EXISTS (SELECT 1 FROM collection_assignment a
                      WHERE a.period_id = d.period_id AND a.organisation_id = d.organisation_id
                        AND a.element_id = d.element_id AND a.stage = d.stage AND a.withdrawn_on IS NULL)
"""  # noqa: S608 - constant text  # nosec B608


def organisations_unasked(*, plan_id: int, indicator_id: int, since_quarter: int) -> int:
    """Return how many returns of these quarters are not asked all that an indicator needs: they are in."""
    parameters = {
        "plan": plan_id,
        "only_periods": None,
        "organisations": None,
        "indicator": indicator_id,
        "since": since_quarter,
    }
    with connection_for_reading().cursor() as cursor:
        cursor.execute(UNASKED, parameters)
        return int(cursor.fetchone()[0])
