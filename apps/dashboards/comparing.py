"""The page that compares one indicator: with last year, between groups, among schools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from django.utils.translation import gettext

from apps.dashboards import last_year, levers_parts, middle_half, selectors, units
from apps.dashboards.definition_history import DefinitionHistory, history_of
from apps.dashboards.figure_data import SLICES, tells
from apps.dashboards.last_year import YearOnYear
from apps.dashboards.levers import standing_in
from apps.dashboards.middle_half import Halves
from apps.dashboards.multiples import Multiples, multiples_of
from apps.dashboards.reading_cells import slice_order
from apps.dashboards.readings import Reading, absent
from apps.dashboards.schools import schools_for
from apps.dashboards.selectors import QUARTERS, Scope
from apps.dashboards.tables import Table
from apps.dashboards.targets_text import target_lines
from apps.organisations.models import Organisation
from apps.plans import formulas
from apps.plans.models import Indicator
from apps.plans.permissions import sees_league_tables

Slices = Mapping[str, Mapping[str, Reading]]


@dataclass(frozen=True)
class ComparePage:
    """One indicator compared in one quarter. `halves` is None where schools cannot be compared."""

    scope: Scope
    indicator: Indicator
    reading: Reading
    year_on_year: YearOnYear
    multiples: Sequence[Multiples]
    halves: Halves | None
    schools: Mapping[int, Organisation]
    definitions: DefinitionHistory

    @property
    def may_see_league(self) -> bool:
        """Tell whether the bureau has switched league tables on for the reader's role."""
        return sees_league_tables(self.scope.user, self.scope.plan)

    @property
    def halves_table(self) -> Table | None:
        return middle_half.halves_table(self.halves) if self.halves else None

    @property
    def places_table(self) -> Table | None:
        return middle_half.places_table(self.halves, self.schools) if self.halves else None


def compare_page(scope: Scope, indicator: Indicator) -> ComparePage:
    """Return the comparisons of one indicator (a constant number of queries)."""
    reading = selectors.readings_of(scope, [indicator])[indicator.pk, scope.quarter]
    standing = standing_in(scope, indicator)
    history = history_of(indicator)
    return ComparePage(
        scope=scope,
        indicator=indicator,
        reading=reading,
        year_on_year=last_year.year_on_year(scope, standing, reading),
        multiples=_multiples(scope, indicator, reading, history),
        halves=middle_half.halves_of(comparable_units(scope, indicator)),
        schools={school.pk: school for school in schools_for(scope.user)},
        definitions=history,
    )


def comparable_units(scope: Scope, indicator: Indicator) -> list[units.Unit]:
    """Return the schools' own figures, small ones hidden; none where a school's kind decides the figure."""
    if not levers_parts.has_schools(indicator) or scope.period is None:
        return []
    if formulas.parse(indicator.numerator).attributes:
        return []
    return units.load(
        plan=scope.plan,
        indicator_ids=[indicator.pk],
        quarter=scope.quarter,
        threshold=scope.viewer.threshold,
    )


def _multiples(
    scope: Scope, indicator: Indicator, reading: Reading, history: DefinitionHistory
) -> list[Multiples]:
    """Small pictures of the groups' quarters; those of another definition are left out."""
    now_of = reading.as_of_quarter or scope.quarter
    by_quarter = {
        quarter: _slices(replace(scope, quarter=quarter), indicator)
        for quarter in QUARTERS
        if quarter <= scope.quarter and quarter in scope.periods and history.is_like(quarter, now_of)
    }
    now = by_quarter.get(scope.quarter, {})
    told = formulas.parse(indicator.numerator).attributes
    lines = target_lines(indicator, reading.target, None)
    before = _a_year_before(scope, history.at(now_of))
    found = []
    for kind in SLICES:
        slices = now.get(kind, {})
        if kind in told or not tells(list(slices.values())):
            continue
        values = sorted(slices, key=partial(slice_order, kind))
        parts = {
            value: [_at(rows, indicator, quarter, kind, value) for quarter, rows in by_quarter.items()]
            for value in values
        }
        earlier = before.get(kind, {})
        title = gettext("A year before")
        found.append(multiples_of(kind, parts, lines=lines, earlier=earlier, earlier_title=title))
    return found


def _slices(scope: Scope, indicator: Indicator) -> dict[str, dict[str, Reading]]:
    found = selectors.slices_of(scope, indicator)
    return {kind: {reading.slice_value: reading for reading in rows} for kind, rows in found.items()}


def _at(rows: Slices, indicator: Indicator, quarter: int, kind: str, value: str) -> Reading:
    found = rows.get(kind, {}).get(value)
    return found or replace(absent(indicator, quarter), slice_kind=kind, slice_value=value)


def _a_year_before(scope: Scope, indicator: Indicator) -> Slices:
    then = last_year.scope_of_last_year(scope)
    twin = last_year.counterpart_of(then, indicator) if then else None
    return _slices(then, twin) if then is not None and twin is not None else {}
