"""A league table of schools, for the roles that the bureau has switched it on for; off by default.

Ranked by exact values within a stage, equal values share a place. What small numbers hide has no place, and
nothing is ranked where more is not plainly better or worse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.urls import reverse
from django.utils.translation import gettext

from apps.accounts.enums import Role
from apps.dashboards import selectors, wording
from apps.dashboards.comparing import comparable_units
from apps.dashboards.readings import Reading
from apps.dashboards.school_tables import unit_cell
from apps.dashboards.schools import schools_for
from apps.dashboards.selectors import Scope
from apps.dashboards.tables import Cell, Column, Table, count_cell, text_cell
from apps.dashboards.units import YES_NO, Unit
from apps.organisations.enums import Stage
from apps.organisations.models import Organisation
from apps.plans.enums import Aggregation, TargetOperator
from apps.plans.models import Indicator

HIGHER = (TargetOperator.AT_LEAST, TargetOperator.INCREASE_BY, TargetOperator.NO_WORSE)
LOWER = (TargetOperator.AT_MOST, TargetOperator.DECREASE_BY)


@dataclass(frozen=True)
class StageTable:
    """The schools of one stage in their places, with how many of those that owe the figure have one."""

    title: str
    n_reported: int
    n_due: int
    table: Table


@dataclass(frozen=True)
class LeaguePage:
    """The league tables of one indicator by stage; `why_not` says in words why there is none."""

    scope: Scope
    indicator: Indicator
    reading: Reading
    stages: Sequence[StageTable]
    why_not: str

    @property
    def roles_text(self) -> str:
        """The roles the bureau has switched league tables on for."""
        roles = self.scope.plan.policy.league_roles
        return gettext(", ").join(str(Role(role).label) for role in roles)


def league_page(scope: Scope, indicator: Indicator) -> LeaguePage:
    """Return the league tables of an indicator in the scope's quarter (a constant number of queries)."""
    reading = selectors.readings_of(scope, [indicator])[indicator.pk, scope.quarter]
    units = comparable_units(scope, indicator)
    why_not = _why_not(units, better_is_higher(indicator, reading))
    schools = {school.pk: school for school in schools_for(scope.user)}
    shown = [unit for unit in units if unit.organisation_id in schools]
    stages = [] if why_not else _stages(indicator, reading, shown, schools)
    return LeaguePage(scope, indicator, reading, stages, why_not)


def better_is_higher(indicator: Indicator, reading: Reading) -> bool | None:
    """Tell whether a higher value is the better one; None where neither end is."""
    operator = reading.target.operator if reading.target else indicator.direction
    if operator in HIGHER:
        return True
    if operator in LOWER:
        return False
    limit = reading.target.value if reading.target and operator == TargetOperator.EQUAL else None
    if limit == 0:
        return False
    return True if limit == 100 and wording.value_unit(indicator.unit) == wording.PERCENT else None


def _why_not(units: Sequence[Unit], is_higher: bool | None) -> str:
    if not units or units[0].unit == YES_NO:
        return gettext(
            "There is no order of schools here: the figure is not of schools, it is a yes or no, "
            "or a school's kind alone decides it."
        )
    if is_higher is None:
        return gettext("There is no order of schools here: neither more nor less is plainly better.")
    return ""


def _stages(
    indicator: Indicator, reading: Reading, units: Sequence[Unit], schools: Mapping[int, Organisation]
) -> list[StageTable]:
    is_higher = bool(better_is_higher(indicator, reading))
    found = []
    for stage in Stage:
        own = [unit for unit in units if unit.stage == stage]
        if not own:
            continue
        due = [unit for unit in own if not unit.is_excused]
        found.append(
            StageTable(
                title=str(stage.label),
                n_reported=sum(unit.is_reported for unit in due),
                n_due=len(due),
                table=_table(str(stage.label), places(indicator, own, schools, is_higher=is_higher), schools),
            )
        )
    return found


def places(
    indicator: Indicator, units: Sequence[Unit], schools: Mapping[int, Organisation], *, is_higher: bool
) -> list[tuple[int | None, Unit]]:
    """Return the units with their places, the best first; those without a value have none and come last."""
    sign = -1 if is_higher else 1
    known = [(sign * _exact(indicator, unit), unit) for unit in units if unit.value is not None]
    known.sort(key=lambda pair: (pair[0], schools[pair[1].organisation_id].code))
    keys = [key for key, _ in known]
    rest = [unit for unit in units if unit.value is None]
    rest.sort(key=lambda unit: schools[unit.organisation_id].code)
    return [*((keys.index(key) + 1, unit) for key, unit in known), *((None, unit) for unit in rest)]


def _exact(indicator: Indicator, unit: Unit) -> Fraction:
    """A stored value is rounded to eight decimals; two schools are compared by their own numbers."""
    is_ratio = indicator.aggregation == Aggregation.RATIO_OF_SUMS
    if is_ratio and unit.numerator is not None and unit.denominator:
        return Fraction(unit.numerator) / Fraction(unit.denominator)
    assert unit.value is not None
    return Fraction(unit.value)


def _table(name: str, rows: Sequence[tuple[int | None, Unit]], schools: Mapping[int, Organisation]) -> Table:
    columns = [
        Column(gettext("School"), 28),
        Column(gettext("Place"), 8, numeric=True),
        Column(gettext("Value"), 14, numeric=True),
        Column(gettext("Numerator"), 12, numeric=True),
        Column(gettext("Denominator"), 12, numeric=True),
    ]
    return Table(name, columns, [_row(place, unit, schools[unit.organisation_id]) for place, unit in rows])


def _row(place: int | None, unit: Unit, school: Organisation) -> list[Cell]:
    return [
        text_cell(wording.in_language(school), href=reverse("dashboards:school", args=[school.pk])),
        count_cell(place),
        unit_cell(unit),
        count_cell(unit.numerator),
        count_cell(unit.denominator),
    ]
