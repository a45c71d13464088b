"""Each school's own figures: the units behind results, from the same SQL that the refresh adds up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext

from apps.collection.models import Period
from apps.dashboards import wording
from apps.plans.enums import Aggregation, Reporter
from apps.plans.models import AnnualPlan
from apps.rollups import aggregates, definitions
from apps.rollups.definitions import Definition
from apps.rollups.refreshing import wanted_of
from apps.rollups.shapes import measured_formula
from apps.rollups.sql_text import Text, rows_by_hashes
from apps.rollups.sql_units import Job, add_units_of_all
from apps.rollups.veils import OPEN, veils_of

YES_NO = "是/否"
COUNTED = (Aggregation.COUNT_TRUE, Aggregation.SHARE_TRUE)
OWN = """SELECT p.indicator_id, organisation_id, u.stage, is_reported, is_excused, numerator, denominator,
    measured
    FROM units u JOIN parts p USING (part) WHERE is_due"""


@dataclass(frozen=True)
class Unit:
    """A school × stage of one indicator. `value` is None unless reported; `unit` is the value's unit."""

    indicator_id: int
    organisation_id: int
    stage: str
    as_of_quarter: int
    is_reported: bool
    is_excused: bool
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    unit: str
    decimals: int = 0
    is_hidden: bool = False

    @property
    def text(self) -> str:
        """The value with its unit, or in words why there is none."""
        if self.value is not None:
            return wording.number_text(self.value, unit=self.unit, decimals=self.decimals)
        if self.is_hidden:
            return gettext("Hidden: small numbers")
        if self.is_excused:
            return gettext("Does not apply")
        return gettext("Cannot be computed") if self.is_reported else gettext("Not accepted yet")

    @property
    def key(self) -> tuple[int, str]:
        return self.organisation_id, self.stage

    def hidden(self) -> Unit:
        """Return the unit without its numbers."""
        return replace(self, numerator=None, denominator=None, value=None, is_hidden=True)


def load(
    *,
    plan: AnnualPlan,
    indicator_ids: Collection[int],
    quarter: int,
    threshold: int,
    open_for: int | None = None,
) -> list[Unit]:
    """Return the units of the schools' indicators in a quarter, small cells hidden (seven to ten queries).

    Indicators whose two parts have different reporters have no units of their own.

    Args:
        open_for: a school whose own small numbers stay, because its own people read.
    """
    periods = definitions.periods_of(plan)
    loaded = [
        definition.at(quarter)
        for definition in definitions.load(plan=plan, indicator_ids=indicator_ids)
        if _has_units(definition) and any(due in periods for due in definition.due_until(quarter))
    ]
    region_ids = list(plan.region.descendant_links.values_list("descendant_id", flat=True))
    kinds = {definition.indicator.pk: _kind_of(definition, quarter) for definition in loaded}
    units = [_unit(kinds[row[0]], row) for row in _rows(loaded, periods, quarter, region_ids)]
    veils = veils_of(plan=plan, loaded=loaded, quarter=quarter, threshold=threshold)
    return [
        unit.hidden()
        if unit.organisation_id != open_for and veils.get(unit.indicator_id, OPEN).hides_unit(*unit.key)
        else unit
        for unit in units
    ]


def _has_units(definition: Definition) -> bool:
    return not definition.is_split and definition.indicator.reporter == Reporter.SCHOOL


def _rows(
    loaded: Sequence[Definition], periods: dict[int, Period], quarter: int, region_ids: Sequence[int]
) -> list[tuple]:
    if not loaded:
        return []
    jobs = [Job(definition, 0, (wanted_of(definition, periods, quarter),)) for definition in loaded]
    text = Text()
    add_units_of_all(text, jobs, region_ids, lambda _shape: OWN)
    return rows_by_hashes(text)


@dataclass(frozen=True)
class _Kind:
    """What the figures of all schools have in common: how a value is made, in which unit it is shown."""

    as_of_quarter: int
    is_measured: bool
    is_counted: bool
    is_quotient: bool
    scale: int
    unit: str
    decimals: int

    def value(
        self, numerator: Decimal | None, denominator: Decimal | None, measured: Decimal | None
    ) -> Decimal | None:
        """Return a school's own value: what a line measures, yes or no, a ratio, or an amount."""
        if self.is_measured:
            return measured
        if self.is_counted:
            return None if numerator is None else Decimal(int(numerator > 0))
        if not self.is_quotient:
            return numerator
        return aggregates.quotient(numerator, denominator, scale=self.scale)


def _kind_of(definition: Definition, quarter: int) -> _Kind:
    """A line that schools must meet is shown with the unit and decimals of the fact that it measures."""
    part, indicator = definition.parts[0], definition.indicator
    is_measured = measured_formula(part) is not None
    is_counted, is_quotient = indicator.aggregation in COUNTED, part.denominator is not None
    unit, decimals = wording.value_unit(indicator.unit) if is_quotient else indicator.unit, indicator.decimals
    if is_measured:
        unit = part.elements[0].unit if len(part.elements) == 1 else ""
        decimals = max(element.decimals for element in part.elements)
    elif is_counted:
        unit, decimals = YES_NO, 0
    return _Kind(
        as_of_quarter=definition.due_until(quarter)[-1],
        is_measured=is_measured,
        is_counted=is_counted,
        is_quotient=is_quotient,
        scale=definition.scale,
        unit=unit,
        decimals=0 if unit == YES_NO and not is_measured else decimals,
    )


def _unit(kind: _Kind, row: tuple) -> Unit:
    indicator_id, organisation_id, stage, is_reported, is_excused, numerator, denominator, measured = row
    return Unit(
        indicator_id=indicator_id,
        organisation_id=organisation_id,
        stage=stage,
        as_of_quarter=kind.as_of_quarter,
        is_reported=is_reported,
        is_excused=is_excused,
        numerator=numerator if is_reported else None,
        denominator=denominator if is_reported else None,
        value=kind.value(numerator, denominator, measured) if is_reported else None,
        unit=kind.unit,
        decimals=kind.decimals,
    )
