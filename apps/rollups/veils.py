"""What stays hidden of indicators with small numbers, the same on every page and in every file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from apps.plans.enums import Privacy
from apps.plans.models import AnnualPlan
from apps.rollups import definitions
from apps.rollups.definitions import Definition
from apps.rollups.protecting import Cell, Hidden, Pair, UnitKey, protect, shown_rows
from apps.rollups.subjects import CUMULATIVE
from apps.rollups.veil_cells import Slices, Units, due_quarters, slices_of, units_of


@dataclass(frozen=True)
class Veil:
    """What stays hidden of one indicator: by due quarter, the last one that of the figures shown."""

    hidden: Mapping[int, Hidden] = field(default_factory=dict)

    @property
    def current(self) -> Hidden:
        return self.hidden[max(self.hidden)] if self.hidden else Hidden()

    def hides_slice(self, kind: str, value: str) -> bool:
        return (kind, value) in self.current.slices

    def hides_unit(self, organisation_id: int, stage: str) -> bool:
        return (organisation_id, stage) in self.current.units

    def hides_amount(self, organisation_id: int, stage: str, quarter: int) -> bool:
        """Tell whether what a unit reported of one quarter alone is hidden."""
        if not self.hidden or quarter not in self.hidden:
            return self.hides_unit(organisation_id, stage)
        return quarter not in shown_rows(self.hidden, self.hidden, (organisation_id, stage))


OPEN = Veil()


def veils_of(
    *,
    plan: AnnualPlan,
    loaded: Iterable[Definition],
    quarter: int,
    threshold: int,
    region_id: int | None = None,
) -> dict[int, Veil]:
    """Return the veil of each indicator with small numbers, by its id (four queries; none without any)."""
    private = [one for one in loaded if one.indicator.privacy == Privacy.SMALL_CELL]
    periods = definitions.periods_of(plan) if private else {}
    small = [definition for definition in private if due_quarters(definition, periods, quarter)]
    if not small:
        return {}
    region = region_id or plan.region_id
    units = units_of(small, periods, quarter, region)
    slices = slices_of(small, periods, quarter, region)
    return {
        definition.indicator.pk: Veil(
            _hidden(definition, units[definition.indicator.pk], slices[definition.indicator.pk], threshold)
        )
        for definition in small
    }


def _hidden(definition: Definition, units: Units, slices: Slices, threshold: int) -> dict[int, Hidden]:
    grows = definition.indicator.accumulation in CUMULATIVE
    found: dict[int, Hidden] = {}
    for quarter in sorted(units):
        earlier = list(found) if grows else []
        own = {
            key: replace(unit, cell=grown(unit.cell, _before(units, key, earlier), threshold))
            for key, unit in units[quarter].items()
        }
        kin = {
            key: grown(cell, {q: slices[q][key] for q in earlier if key in slices[q]}, threshold)
            for key, cell in slices[quarter].items()
        }
        found[quarter] = protect(own, kin, threshold=threshold)
    return found


def _before(units: Units, key: UnitKey, earlier: Sequence[int]) -> dict[int, Cell]:
    return {quarter: units[quarter][key].cell for quarter in earlier if key in units[quarter]}


def grown(cell: Cell, earlier: Mapping[int, Cell], threshold: int) -> Cell:
    """Return the cell with what has been added since the earlier quarters in which it was not small itself.

    A quarter without any report adds nothing, and tells nothing.
    """
    added = {
        quarter: difference(cell.pair, before.pair)
        for quarter, before in earlier.items()
        if not before.is_small(threshold)
    }
    news = {quarter: pair for quarter, pair in added.items() if any(pair) or cell.is_fresh}
    return replace(cell, added=news)


def difference(later: Pair, before: Pair) -> Pair:
    """Return what has been added; None where a part is missing."""
    parts = zip(later, before, strict=True)
    above, below = (None if one is None or other is None else one - other for one, other in parts)
    return above, below
