"""What the same indicators measured in the year before, where that plan is kept here and means the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from apps.plans.definitions.rules import as_revised, revision_at
from apps.plans.models import AnnualPlan, Indicator
from apps.rollups.definitions import Definition, statistics_of
from apps.rollups.models import Result

Key = tuple[int, str, str]
# Only a figure made in the same way can be set beside this year's.
MEANING = ("numerator", "denominator", "aggregation", "accumulation", "unit")


@dataclass(frozen=True)
class LastYear:
    """Complete measurements by indicator code and (region, slice kind, slice value), then by quarter."""

    found: Mapping[tuple[str, Key], Mapping[int, Result]]

    def values(self, definition: Definition, key: Key) -> dict[int, Fraction]:
        """Return quarter → value in the indicator's unit; nothing where the definition was another."""
        values = {}
        for quarter, result in self.found.get((definition.indicator.code, key), {}).items():
            value = definition.subject.value(statistics_of(result))
            if value is not None and _means_the_same(definition.indicator, _then(result)):
                values[quarter] = value
        return values


def last_year_of(plan: AnnualPlan, indicator_ids: Collection[int]) -> LastYear:
    """Load the plan region's complete measurements of the year before (one query)."""
    codes = Indicator.objects.filter(pk__in=indicator_ids).values("code")
    results = Result.objects.filter(
        plan__year=plan.year - 1,
        plan__region=plan.region_id,
        region=plan.region_id,
        indicator__code__in=codes,
        as_of__isnull=False,
    )
    results = results.select_related("indicator", "period").prefetch_related(
        "indicator__definition_revisions"
    )
    found: dict[tuple[str, Key], dict[int, Result]] = defaultdict(dict)
    for result in results:
        is_measured = result.as_of_id == result.period_id
        if is_measured and result.n_reported == result.n_due - result.n_not_applicable:
            key = (result.region_id, result.slice_kind, result.slice_value)
            found[result.indicator.code, key][result.period.quarter] = result
    return LastYear(found)


def _then(result: Result) -> Indicator:
    """Return the indicator as it was defined in the quarter of a measurement."""
    indicator = result.indicator
    return as_revised(indicator, revision_at(indicator.definition_revisions.all(), result.period.quarter))


def _means_the_same(one: Indicator, other: Indicator) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in MEANING)
