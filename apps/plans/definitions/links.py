"""Which facts an indicator is computed from, and when: kept in line with its definitions."""

from __future__ import annotations

from collections.abc import Iterable

from apps.plans.definitions.models import IndicatorRevision
from apps.plans.definitions.rules import uses_of
from apps.plans.models import DataElement, Indicator, IndicatorElement


def link_elements(indicator: Indicator, revisions: Iterable[IndicatorRevision]) -> bool:
    """Link an indicator to the facts of its formulas; return whether a link was new or different."""
    uses = uses_of(indicator, revisions)
    wanted = {
        pk: (uses[code].in_numerator, uses[code].in_denominator, list(uses[code].quarters))
        for code, pk in DataElement.objects.filter(code__in=uses).values_list("code", "pk")
    }
    present = {
        row.element_id: (row.in_numerator, row.in_denominator, row.quarters)
        for row in IndicatorElement.objects.filter(indicator=indicator)
    }
    if wanted == present:
        return False
    IndicatorElement.objects.filter(indicator=indicator).delete()
    IndicatorElement.objects.bulk_create(
        IndicatorElement(
            indicator=indicator,
            element_id=pk,
            in_numerator=in_numerator,
            in_denominator=in_denominator,
            quarters=quarters,
        )
        for pk, (in_numerator, in_denominator, quarters) in wanted.items()
    )
    return True
