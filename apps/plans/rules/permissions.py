"""Who edits rules about figures: the administrator all, an office those about facts of its indicators.

Facts and their rules are common to the plans of an installation. A rule concerns every region whose plan
asks its fact, one for every figure each region that has a plan: whoever changes it has them all in their own
region, so that no district changes what holds in another.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.enums import BUREAU_ROLES
from apps.accounts.permissions import has_role, is_administrator, is_office_staff, predicate
from apps.plans.models import AnnualPlan, IndicatorElement

reads_rules = has_role(*BUREAU_ROLES)
adds_rules = is_administrator | is_office_staff


@predicate
def leads_fact(user: Any, element: Any) -> bool:
    """The user's office leads an indicator that is computed from the fact."""
    return element is not None and element.pk in facts_led(user)


@predicate
def concerns_own_region_alone(user: Any, element: Any) -> bool:
    """No plan of a region beside or above the user's asks the fact; None: has anything to ask."""
    if element is None:
        return not other_plans(user).exists()
    return not IndicatorElement.objects.filter(
        element=element, indicator__plan__in=other_plans(user)
    ).exists()


# About a fact; None for a rule that holds for every figure.
leads_rules_of = is_administrator | (is_office_staff & leads_fact)
edits_rules_of = leads_rules_of & concerns_own_region_alone
edits_fact = is_administrator & concerns_own_region_alone


def other_plans(user: Any) -> Any:
    """Return the plans of regions that are not within the user's."""
    return AnnualPlan.objects.exclude(region__ancestor_links__ancestor_id=user.region_id)


def facts_led(user: Any) -> set[int]:
    """Return the keys of the facts that the indicators of the user's office are computed from."""
    links = IndicatorElement.objects.filter(
        indicator__lead_office=user.organisation_id, indicator__lead_office__isnull=False
    )
    return set(links.values_list("element_id", flat=True))


def facts_of_others(user: Any) -> set[int]:
    """Return the keys of the facts that plans of other regions ask."""
    links = IndicatorElement.objects.filter(indicator__plan__in=other_plans(user))
    return set(links.values_list("element_id", flat=True))


def why_not(user: Any, element: Any) -> str:
    """Return who else edits rules about a fact, for somebody who does not; empty for who does."""
    if edits_rules_of(user, element):
        return ""
    if leads_rules_of(user, element):
        return _(
            "This concerns other districts, too, whose plans ask the same: the administrator of the region "
            "above them changes it, or the plan's files do."
        )
    return _("The administrator changes it, and the office that leads an indicator made of the fact.")
