"""Which regions a refresh walks, from the leaves to the plan's own region."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from apps.organisations.models import RegionAncestor
from apps.plans.models import AnnualPlan


@dataclass(frozen=True)
class Tree:
    """The regions of a plan: how deep each lies, and itself with all that lie above it within the plan."""

    depths: Mapping[int, int]
    above: Mapping[int, frozenset[int]]

    def levels(self, *, changed: Collection[int] | None = None, facts_only: bool = False) -> list[list[int]]:
        """Return the regions by depth, deepest first.

        Args:
            changed: regions with news; only they, those below them and those above them are returned.
            facts_only: the news are facts of organisations in just these regions: none below has any.
        """
        found: dict[int, list[int]] = defaultdict(list)
        for region_id in sorted(self._touched(changed, facts_only)):
            found[self.depths[region_id]].append(region_id)
        return [found[depth] for depth in sorted(found, reverse=True)]

    def _touched(self, changed: Collection[int] | None, facts_only: bool) -> set[int]:
        if changed is None:
            return set(self.depths)
        reached = {one for region_id in changed for one in self.above.get(region_id, ())}
        if not facts_only:
            news = set(changed)
            reached |= {region_id for region_id, above in self.above.items() if above & news}
        return reached


def tree_of(plan: AnnualPlan) -> Tree:
    """Return the tree of a plan's regions (one query)."""
    within = RegionAncestor.objects.filter(ancestor=plan.region_id).values("descendant")
    links = RegionAncestor.objects.filter(descendant__in=within, ancestor__in=within)
    depths, above = {plan.region_id: 0}, defaultdict(set)
    for ancestor_id, descendant_id, distance in links.values_list("ancestor", "descendant", "distance"):
        above[descendant_id].add(ancestor_id)
        if ancestor_id == plan.region_id:
            depths[descendant_id] = distance
    return Tree(depths, {region: frozenset(above[region]) | {region} for region in depths})
