"""In what a gap is counted: the unit of the numerator's facts, schools where schools are counted. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from apps.plans.enums import Aggregation, Reporter, ValueType
from apps.plans.models import Indicator, IndicatorElement

SCHOOLS = "所"
WITHOUT_NAME = frozenset({"", "%", "个百分点", "是/否"})


def natural_unit(indicator: Indicator) -> str:
    """Return the unit of one whole thing of the numerator (its links are prefetched), empty where unnamed."""
    if indicator.aggregation in (Aggregation.SHARE_TRUE, Aggregation.COUNT_TRUE):
        return SCHOOLS
    links = [link for link in indicator.element_links.all() if link.in_numerator] if indicator.pk else []
    units = {link.element.unit for link in links} - WITHOUT_NAME
    if len(units) == 1:
        return str(units.pop())
    if links and indicator.reporter == Reporter.SCHOOL and _are_yes_or_no(links):
        return SCHOOLS
    return "" if indicator.unit in WITHOUT_NAME else str(indicator.unit)


def _are_yes_or_no(links: Iterable[IndicatorElement]) -> bool:
    return all(link.element.value_type == ValueType.BOOLEAN for link in links)
