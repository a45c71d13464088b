"""The owed facts of one organisation by task area, with the indicators they serve."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from apps.collection.duties_kept import asked_of
from apps.collection.keys import Key
from apps.collection.models import Period
from apps.organisations.enums import Stage
from apps.organisations.models import Organisation
from apps.plans.models import Indicator, TaskArea


@dataclass
class Uses:
    """Of each fact: the area it stands under (the first it serves), its indicators and their lead offices."""

    areas: dict[Key, TaskArea] = field(default_factory=dict)
    indicators: dict[Key, list[Indicator]] = field(default_factory=lambda: defaultdict(list))

    def offices(self, key: Key) -> set[int]:
        return {indicator.lead_office_id for indicator in self.indicators.get(key, [])}

    def area_number(self, key: Key) -> int:
        area = self.areas.get(key)
        return area.number if area else 0


def uses_of(period: Period, organisation: Organisation) -> Uses:
    """Return what the organisation's facts of the period are for, indicators as the quarter defines them."""
    asked = asked_of(period, organisation)
    uses = Uses()
    for duty in asked.duties:
        uses.areas.setdefault(duty.key, asked.areas[duty.area_id])
        indicator = asked.indicators[duty.indicator_id]
        if indicator not in uses.indicators[duty.key]:
            uses.indicators[duty.key].append(indicator)
    return uses


def stages_of(keys: Iterable[Key]) -> list[str]:
    """Return the stages among the keys, in the order of schooling."""
    present = {stage for _element, stage in keys}
    return [stage.value for stage in Stage if stage.value in present]
