"""Who does what with an item of an evaluation. The thing is a pair (plan, check)."""

from __future__ import annotations

from typing import Any

from apps.accounts.enums import Role
from apps.accounts.permissions import is_administrator, is_bureau_member, is_office_staff, predicate
from apps.organisations.models import Organisation


def office_code(plan: Any, check: Any) -> str:
    """Return the code of the office that answers for a check."""
    return f"{plan.region.code}-{check.office}"


@predicate
def is_of_plan_region(user: Any, thing: Any) -> bool:
    """The user belongs to the region whose plan it is."""
    return thing is not None and user.region_id == thing[0].region_id


@predicate
def is_in_its_office(user: Any, thing: Any) -> bool:
    """The user belongs to the office that answers for the check."""
    return bool(thing and user.organisation_id and user.organisation.code == office_code(*thing))


@predicate
def is_in_checking_office(user: Any, thing: Any) -> bool:
    """The user belongs to the office that checks what that office says of itself."""
    if thing is None:
        return False
    policy = thing[0].policy
    crossed = Organisation.objects.filter(pk=policy.cross_review_office_id, code=office_code(*thing))
    checking = policy.second_review_office_id if crossed.exists() else policy.cross_review_office_id
    return bool(user.organisation_id == checking)


@predicate
def leads_its_office(user: Any, thing: Any) -> bool:
    """The user is the deputy director who leads that office."""
    return bool(
        thing and user.role == Role.DEPUTY and user.offices_led.filter(code=office_code(*thing)).exists()
    )


reads_evaluations = is_bureau_member
records_finding = is_office_staff & is_in_its_office & is_of_plan_region
checks_finding = (
    ((is_office_staff & is_in_checking_office) | leads_its_office) & ~is_in_its_office & is_of_plan_region
)
confirms_rule = is_administrator & is_of_plan_region
