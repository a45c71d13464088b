"""Who does what with a measure. Everyone acts within the plan's own region only."""

from __future__ import annotations

from typing import Any

from apps.accounts.permissions import (
    Predicate,
    is_administrator,
    is_leader,
    is_office_staff,
    leads_office,
    predicate,
)
from apps.plans.measures.workflow import Actor


@predicate
def is_of_plan_region(user: Any, measure: Any) -> bool:
    """The user belongs to the region whose plan the measure is of."""
    return measure is not None and user.region_id == measure.area.plan.region_id


@predicate
def is_in_lead_office(user: Any, measure: Any) -> bool:
    """The user belongs to the office that leads the measure."""
    return measure is not None and user.organisation_id == measure.lead_office_id


@predicate
def is_in_checking_office(user: Any, measure: Any) -> bool:
    """The user belongs to the office that checks what the lead office says of itself."""
    return measure is not None and user.organisation_id == checking_office_id(measure)


@predicate
def leads_its_office(user: Any, measure: Any) -> bool:
    """The user is the deputy director who leads the lead office."""
    return measure is not None and leads_office(user, measure.lead_office)


def checking_office_id(measure: Any) -> int:
    """Return which office closes a measure: never its lead office itself."""
    policy = measure.area.plan.policy
    crossed: int = policy.cross_review_office_id
    return policy.second_review_office_id if measure.lead_office_id == crossed else crossed


reports_measure = is_office_staff & is_in_lead_office & is_of_plan_region
checks_measure = (
    ((is_office_staff & is_in_checking_office) | leads_its_office) & ~is_in_lead_office & is_of_plan_region
)
decides_measure = (is_administrator | is_leader | leads_its_office) & is_of_plan_region
assigns_measure = is_administrator & is_of_plan_region
plans_steps = reports_measure | assigns_measure

MAY: dict[Actor, Predicate] = {
    Actor.LEAD: reports_measure,
    Actor.CHECKER: checks_measure,
    Actor.BUREAU: decides_measure,
}
