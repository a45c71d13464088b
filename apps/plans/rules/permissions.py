"""Who edits rules about figures: the administrator all, an office those about facts of its indicators."""

from __future__ import annotations

from typing import Any

from apps.accounts.enums import BUREAU_ROLES
from apps.accounts.permissions import has_role, is_administrator, is_office_staff, predicate
from apps.plans.models import IndicatorElement

reads_rules = has_role(*BUREAU_ROLES)
adds_rules = is_administrator | is_office_staff


@predicate
def leads_fact(user: Any, element: Any) -> bool:
    """The user's office leads an indicator that is computed from the fact."""
    return (
        element is not None
        and IndicatorElement.objects.filter(
            element=element, indicator__lead_office=user.organisation_id
        ).exists()
    )


# About a fact; None for a rule that holds for every figure.
edits_rules_of = is_administrator | (is_office_staff & leads_fact)
