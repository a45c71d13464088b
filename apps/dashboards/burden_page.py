"""The burden ledger: what the plan's forms ask of the district's schools, in fields and minutes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from apps.collection.autosave.timing import seconds_of
from apps.collection.burden_ledger import (
    Cost,
    SchoolCost,
    asked,
    district_cost,
    indicator_costs,
    school_costs,
    tier_totals,
)
from apps.collection.burden_table import uses_of_plan
from apps.organisations.models import SchoolProfile
from apps.plans.enums import Reporter, Tier
from apps.plans.models import AnnualPlan, DataElement, Indicator

MOST_SHOWN = 15


@dataclass(frozen=True)
class TierRow:
    """A tier with what the district fills in once it and those before it are on."""

    tier: Tier
    is_on: bool
    total: Cost


@dataclass(frozen=True)
class IndicatorRow:
    """An indicator with what it alone costs the district in a year."""

    indicator: Indicator
    cost: Cost


@dataclass(frozen=True)
class Ledger:
    """The page."""

    schools: Sequence[SchoolCost]
    tiers: Sequence[TierRow]
    dearest: Sequence[IndicatorRow]

    @property
    def total(self) -> Cost:
        return district_cost(self.schools)

    @property
    def longest(self) -> Cost:
        """The longest form of any school in any quarter."""
        forms = [cost for school in self.schools for cost in school.quarters]
        return max(forms, key=lambda cost: cost.seconds, default=Cost())


def schools_by_type(plan: AnnualPlan, on: dt.date) -> dict[str, int]:
    """Return how many schools of each type the plan's region has on a day (1 query)."""
    profiles = SchoolProfile.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on),
        Q(organisation__closed_on__isnull=True) | Q(organisation__closed_on__gt=on),
        organisation__region__ancestor_links__ancestor=plan.region_id,
        organisation__opened_on__lte=on,
        valid_from__lte=on,
    )
    counted = (
        profiles.order_by().values_list("school_type").annotate(count=Count("organisation", distinct=True))
    )
    return dict(counted)


def seconds_by_code(elements: Mapping[int, str]) -> dict[str, int]:
    """Return the seconds of each fact by its code."""
    return {elements[pk]: seconds for pk, seconds in seconds_of(list(elements)).items()}


def costs_of_indicators(plan: AnnualPlan, on: dt.date) -> dict[str, Cost]:
    """Return by indicator code what it alone costs, or would cost, the district's schools in a year."""
    policy = plan.policy
    return indicator_costs(
        uses_of_plan(plan),
        tiers=policy.enabled_tiers,
        muted=policy.muted_codes,
        seconds=seconds_by_code(_elements()),
        schools=schools_by_type(plan, on),
    )


def ledger_of(plan: AnnualPlan, on: dt.date) -> Ledger:
    """Return the ledger of a plan with the schools there are on a day (5 queries)."""
    policy, uses = plan.policy, uses_of_plan(plan)
    seconds, schools = seconds_by_code(_elements()), schools_by_type(plan, on)
    totals = tier_totals(uses, muted=policy.muted_codes, seconds=seconds, schools=schools)
    alone = indicator_costs(
        uses, tiers=policy.enabled_tiers, muted=policy.muted_codes, seconds=seconds, schools=schools
    )
    on_now = {code: cost for code, cost in alone.items() if code not in policy.muted_codes and cost.fields}
    codes = sorted(on_now, key=lambda code: (-on_now[code].seconds, code))[:MOST_SHOWN]
    indicators = {row.code: row for row in plan.indicators.filter(code__in=codes).select_related("area")}
    return Ledger(
        schools=school_costs(
            asked(uses, tiers=policy.enabled_tiers, muted=policy.muted_codes),
            seconds=seconds,
            schools=schools,
        ),
        tiers=[TierRow(tier, tier in policy.enabled_tiers, totals[tier]) for tier in Tier],
        dearest=[IndicatorRow(indicators[code], on_now[code]) for code in codes],
    )


def _elements() -> dict[int, str]:
    return dict(DataElement.objects.filter(reporter=Reporter.SCHOOL).values_list("pk", "code"))
