"""Who releases a quarter and who writes the bureau's own words into it; within the plan's own region only."""

from __future__ import annotations

from typing import Any

from apps.accounts.permissions import is_administrator, is_leader, is_office_staff, leads_office, predicate
from apps.plans.models import AnnualPlan


def _plan_of(thing: Any) -> Any:
    return thing if isinstance(thing, AnnualPlan) else thing.plan


@predicate
def is_of_its_region(user: Any, thing: Any) -> bool:
    """The user belongs to the region whose plan it is."""
    return thing is not None and user.region_id == _plan_of(thing).region_id


@predicate
def leads_its_area(user: Any, thing: Any) -> bool:
    """The user is of the office that leads the area, or its deputy director."""
    office = getattr(thing, "lead_office", None)
    if office is None:
        return False
    return (is_office_staff(user) and user.organisation_id == office.pk) or leads_office(user, office)


releases = (is_leader | is_administrator) & is_of_its_region
writes_texts = (is_leader | is_administrator | leads_its_area) & is_of_its_region
