"""The page "what it takes": what moved an indicator, what would close its gap, and what if."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext

from apps.dashboards import levers_parts, levers_since, levers_tables, levers_words, selectors
from apps.dashboards.definition_history import change_notes
from apps.dashboards.levers_parts import SCHOOL, Partition
from apps.dashboards.levers_tables import Drawn
from apps.dashboards.readings import Reading
from apps.dashboards.selectors import Scope
from apps.dashboards.tables import Table
from apps.dashboards.what_if import ALL, WhatIf, what_if_of
from apps.plans.models import Indicator
from apps.rollups import decomposition, levers
from apps.rollups.aggregates import exact
from apps.rollups.bench import aim_of
from apps.rollups.decomposition import Amounts, Sides
from apps.rollups.standing import Standing, standing_of
from apps.rollups.unit_amounts import UnitAmounts


@dataclass(frozen=True)
class LeversPage:
    """One indicator in one quarter. `standing` is None while nothing is computed or the figure is hidden."""

    scope: Scope
    indicator: Indicator
    reading: Reading
    standing: Standing | None
    partitions: Sequence[Partition] = ()
    movements: Sequence[Drawn] = ()
    what_if: WhatIf | None = None
    is_in_step: bool = True

    @property
    def is_open(self) -> bool:
        """Tell whether there is a value to speak of that the reader may see."""
        return self.standing is not None and self.reading.value is not None and not self.reading.is_hidden

    @property
    def need_text(self) -> str:
        """What is missing in natural units; empty without a line to reach."""
        return levers_words.need_text(self.standing, self.standing.need) if self.standing else ""

    @property
    def obstacle_to_parts(self) -> str:
        """Why there are no parts, as a sentence; empty where there are."""
        if self.standing is None:
            return ""
        found = levers.obstacle_to_parts(
            self.standing.definition.subject, has_schools=levers_parts.has_schools(self.indicator)
        )
        return levers_words.obstacle_text(found) if found else ""

    @property
    def obstacle_to_levers(self) -> str:
        """Why nothing is said about closing a gap, as a sentence; empty where it is."""
        if self.standing is None:
            return ""
        aim = aim_of(self.standing.judged.revision)
        if aim is None:
            return gettext("There is no confirmed target, so that there is no gap.")
        found = levers.obstacle_to_lines(self.standing.definition.subject, aim)
        if found is not None:
            return levers_words.obstacle_text(found)
        if self.standing.need is None:
            return gettext("There is no gap to close: a baseline or a value is missing.")
        return self.obstacle_to_parts

    @property
    def obstacle_to_supposing(self) -> str:
        """Why numbers cannot be changed one by one, as a sentence; empty where they can."""
        if self.standing is None:
            return ""
        found = levers.obstacle_to_supposing(self.standing.definition.subject)
        aim = aim_of(self.standing.judged.revision)
        if found is None and aim is not None:  # what single schools reach decides the light, not the total
            found = levers.obstacle_to_lines(self.standing.definition.subject, aim)
        return levers_words.obstacle_text(found) if found else ""

    @property
    def definition_notes(self) -> list[str]:
        """Where the definition changes within the year, so that nothing is taken apart across it."""
        versions = self.standing.definition.versions if self.standing else ()
        return change_notes(version.change for version in versions if version.change is not None)

    @property
    def is_short(self) -> bool:
        """Tell whether something is missing to the target."""
        need = self.standing.need if self.standing else None
        return need is not None and need.amount > 0

    @property
    def group_levers(self) -> list[Table]:
        """The levers by group, in the order stage, ownership, setting."""
        return [self._levers(one) for one in self.partitions if one.kind != SCHOOL] if self.is_short else []

    @property
    def school_levers(self) -> Table | None:
        """The levers by school, for the owning office."""
        schools = next((one for one in self.partitions if one.kind == SCHOOL), None)
        return self._levers(schools) if schools and self.is_short else None

    @property
    def reach_text(self) -> str:
        """Whether all together could close the gap; empty where nothing limits them."""
        need = self.standing.need if self.standing else None
        if self.standing is None or need is None or not self.partitions:
            return ""
        parts = self.partitions[0].parts
        most = levers.reach_of(need, parts, is_bounded=self.standing.is_bounded)
        if most is None or most >= need.amount:
            return ""
        return gettext("All together can bring at most %(most)s: out of reach with these numbers.") % {
            "most": levers_words.amount_text(self.standing, most)
        }

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The ways to cut the whole in the what-if panel: key and name."""
        return [(one.kind, one.title) for one in self.partitions] + [(ALL, gettext("Whole district"))]

    def _levers(self, partition: Partition) -> Table:
        assert self.standing is not None
        assert self.standing.need is not None
        return levers_tables.levers_table(self.standing, self.standing.need, partition)


def levers_page(
    scope: Scope, indicator: Indicator, *, by: str = "", sent: Mapping[str, str] | None = None
) -> LeversPage:
    """Return the page of one indicator in the scope's quarter (a constant number of queries).

    Args:
        by: how the what-if panel cuts the whole; an unknown way is the first one there is.
        sent: the what-if form's fields as typed, None before it is sent.
    """
    reading = selectors.readings_of(scope, [indicator])[indicator.pk, scope.quarter]
    standing = standing_in(scope, indicator)
    closed = LeversPage(scope, indicator, reading, standing)
    if standing is None or reading.is_hidden:
        return LeversPage(scope, indicator, reading, None)
    if not closed.is_open:
        return closed
    units = (
        [] if closed.obstacle_to_parts else levers_parts.units_in(scope, standing.definition, scope.quarter)
    )
    partitions = levers_parts.partitions_of(scope, indicator, units)
    panel = None
    if not closed.obstacle_to_supposing:
        chosen = next((one for one in partitions if one.kind == by), None)
        if chosen is None and by != ALL:
            chosen = partitions[0] if partitions else None
        panel = what_if_of(standing, reading, chosen, sent)
    return LeversPage(
        scope,
        indicator,
        reading,
        standing,
        partitions,
        movements_of(scope, standing, partitions, units),
        panel,
        is_in_step=not units or decomposition.total(u.amounts for u in units if u.amounts) == standing.whole,
    )


def standing_in(scope: Scope, indicator: Indicator) -> Standing | None:
    """Return where an indicator stands in the scope's quarter."""
    if scope.period is None:
        return None
    return standing_of(indicator=indicator, period=scope.period, region=scope.region)


def movements_of(
    scope: Scope, standing: Standing, partitions: Sequence[Partition], units: Sequence[UnitAmounts]
) -> list[Drawn]:
    """Return what moved the whole, by each way to cut it; of a quotient without parts by its two numbers."""
    if partitions:
        moved = levers_since.movements_of(scope, standing, partitions, units)
        if moved:
            return [levers_tables.movement_drawn(standing, one) for one in moved]
    return _by_sides(standing)


def _by_sides(standing: Standing) -> list[Drawn]:
    baseline, whole = standing.judged.baseline, standing.whole
    if not standing.is_ratio or whole is None or baseline is None or baseline.denominator is None:
        return []
    before = Amounts(*(exact(part) or Fraction(0) for part in (baseline.numerator, baseline.denominator)))
    sides: Sides | None = decomposition.of_sides(before, whole)
    if sides is None or levers.obstacle_to_supposing(standing.definition.subject) is not None:
        return []
    since = gettext("the locked baseline (%(date)s)") % {"date": baseline.as_of.isoformat()}
    return [levers_tables.sides_drawn(standing, sides, before, since)]


@dataclass(frozen=True)
class LeversCard:
    """What the indicator page says in short: what is missing and where to read on."""

    need_text: str
    is_short: bool


def levers_card(scope: Scope, indicator: Indicator, reading: Reading) -> LeversCard | None:
    """Return the card, None where there is nothing to say or the reader may not see it."""
    if reading.value is None or reading.is_hidden:
        return None
    page = LeversPage(scope, indicator, reading, standing_in(scope, indicator))
    if page.standing is None or levers.obstacle_to_supposing(page.standing.definition.subject):
        return None
    return LeversCard(page.need_text, page.is_short)
