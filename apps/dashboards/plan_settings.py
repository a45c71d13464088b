"""The switches of a plan year as the administrator sees them, with what each costs those who report."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.enums import BUREAU_ROLES, Role
from apps.dashboards import wording
from apps.plans.enums import Reporter, Tier
from apps.plans.models import AnnualPlan, Indicator, IndicatorElement, PlanPolicy


@dataclass(frozen=True)
class TierCost:
    """A tier: its indicators, and the facts it asks of schools and offices beyond the tiers before it."""

    tier: Tier
    enabled: bool
    n_indicators: int
    n_school_facts: int
    n_office_facts: int


def tier_costs(plan: AnnualPlan, policy: PlanPolicy) -> list[TierCost]:
    """Return the cost of each tier in facts (2 queries)."""
    indicators = list(Indicator.objects.filter(plan=plan).values_list("tier", flat=True))
    links = IndicatorElement.objects.filter(indicator__plan=plan).values_list(
        "indicator__tier", "element_id", "element__reporter"
    )
    facts: dict[str, dict[int, str]] = defaultdict(dict)
    for tier, element, reporter in links:
        facts[tier][element] = reporter
    costs, asked = [], set[int]()
    for tier in Tier:
        own = {element: reporter for element, reporter in facts[tier].items() if element not in asked}
        asked |= set(own)
        costs.append(
            TierCost(
                tier=tier,
                enabled=tier in policy.enabled_tiers,
                n_indicators=indicators.count(tier),
                n_school_facts=sum(reporter == Reporter.SCHOOL for reporter in own.values()),
                n_office_facts=sum(reporter == Reporter.OFFICE for reporter in own.values()),
            )
        )
    return costs


def settings_now(policy: PlanPolicy) -> dict[str, Any]:
    """Return the settings in force as the form shows them: shares in per cent."""
    return {
        "tiers": policy.enabled_tiers,
        "principal_sign_off": policy.principal_sign_off,
        "league_roles": policy.league_roles,
        "on_track_ratio": wording.plain_text(policy.on_track_ratio * 100),
        "at_risk_ratio": wording.plain_text(policy.at_risk_ratio * 100),
        "step_tolerance_days": policy.step_tolerance_days,
    }


class SettingsForm(forms.Form):
    """Tiers beyond the core one, whether principals sign, and when a light changes."""

    tiers = forms.MultipleChoiceField(
        label=_("Tiers asked beside the core tier"),
        choices=[(tier.value, tier.label) for tier in Tier if tier != Tier.CORE],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    league_roles = forms.MultipleChoiceField(
        label=_("Roles that see league tables of schools"),
        help_text=_(
            "Off for everyone unless ticked. A table of this kind is no basis for evaluating schools."
        ),
        choices=[(role.value, role.label) for role in Role if role in BUREAU_ROLES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    principal_sign_off = forms.BooleanField(
        label=_("The principal checks and submits what the school's reporter filled in"), required=False
    )
    on_track_ratio = forms.DecimalField(
        label=_("On track from this share of the expected progress on, %"),
        max_digits=4,
        decimal_places=1,
        min_value=1,
        max_value=100,
    )
    at_risk_ratio = forms.DecimalField(
        label=_("At risk from this share on, %; off track below"),
        max_digits=4,
        decimal_places=1,
        min_value=1,
        max_value=100,
    )
    step_tolerance_days = forms.IntegerField(
        label=_("Days a milestone's step may be overdue and still be at risk"), min_value=0, max_value=366
    )

    @property
    def thresholds(self) -> dict[str, Any]:
        """When a light changes: shares of 1, days."""
        data = self.cleaned_data
        return {
            "on_track_ratio": data["on_track_ratio"] / 100,
            "at_risk_ratio": data["at_risk_ratio"] / 100,
            "step_tolerance_days": data["step_tolerance_days"],
        }
