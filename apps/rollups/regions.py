"""Which regions a refresh walks, from the leaves to the plan's own region."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from apps.organisations.models import RegionAncestor
from apps.plans.models import AnnualPlan


def levels(
    *, plan: AnnualPlan, changed: Collection[int] | None = None, facts_only: bool = False
) -> list[list[int]]:
    """Return the plan's regions by depth, deepest first (one query; two when `changed` is given).

    Args:
        changed: regions with news; only they, those below them and those above them are returned.
        facts_only: the news are facts of organisations in just these regions: none below has any.
    """
    depths = dict(
        RegionAncestor.objects.filter(ancestor=plan.region_id).values_list("descendant_id", "distance")
    ) or {plan.region_id: 0}
    touched = depths.keys() if changed is None else _reached(changed, below=not facts_only) & depths.keys()
    found: dict[int, list[int]] = defaultdict(list)
    for region_id in sorted(touched):
        found[depths[region_id]].append(region_id)
    return [found[depth] for depth in sorted(found, reverse=True)]


def _reached(changed: Collection[int], *, below: bool) -> set[int]:
    reached = set(changed)
    links = RegionAncestor.objects.filter(descendant__in=changed)
    if below:
        links = links | RegionAncestor.objects.filter(ancestor__in=changed)
    for ancestor_id, descendant_id in links.values_list("ancestor_id", "descendant_id"):
        reached |= {ancestor_id, descendant_id}
    return reached
