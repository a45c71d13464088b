"""Which indicators of the asked tiers are asked, with what each costs those who report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from apps.collection.burden_ledger import Cost
from apps.plans.enums import Reporter
from apps.plans.models import AnnualPlan, Indicator


@dataclass(frozen=True)
class Switch:
    """An indicator: whether it is asked, the facts for it alone, and what they cost the district a year."""

    indicator: Indicator
    is_asked: bool
    n_school_facts: int
    n_office_facts: int
    n_shared_facts: int
    cost: Cost = field(default_factory=Cost)


def switches_of(plan: AnnualPlan) -> list[Switch]:
    """Return the indicators of the tiers that are on (3 queries).

    A fact that another asked indicator needs too costs nothing extra; of a muted indicator the facts that
    asking it would add are counted.
    """
    policy = plan.policy
    rows = list(
        Indicator.objects.filter(plan=plan, tier__in=policy.enabled_tiers)
        .select_related("area")
        .prefetch_related("element_links__element")
        .order_by("area__number", "position", "code")
    )
    muted = set(policy.muted_codes)
    uses = Counter(
        link.element_id for row in rows if row.code not in muted for link in row.element_links.all()
    )
    return [_switch(row, row.code not in muted, uses) for row in rows]


def _switch(indicator: Indicator, is_asked: bool, uses: Counter[int]) -> Switch:
    facts = [link.element for link in indicator.element_links.all()]
    own = [fact for fact in facts if uses[fact.pk] == int(is_asked)]
    n_school = sum(fact.reporter == Reporter.SCHOOL for fact in own)
    return Switch(indicator, is_asked, n_school, len(own) - n_school, len(facts) - len(own))
