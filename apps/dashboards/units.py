"""Each school's own figures: the units behind results, from the same SQL that the refresh adds up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext

from apps.collection.models import Period
from apps.core.reading import connection_for_reading
from apps.dashboards import wording
from apps.plans.enums import Aggregation, Reporter
from apps.plans.models import AnnualPlan
from apps.rollups import aggregates, definitions
from apps.rollups.definitions import Definition
from apps.rollups.refreshing import wanted_of
from apps.rollups.shapes import measured_formula
from apps.rollups.sql_text import Text
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
    by_indicator = {definition.indicator.pk: definition for definition in loaded}
    units = [_unit(by_indicator[row[0]], quarter, row) for row in _rows(loaded, periods, quarter, region_ids)]
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
    add_units_of_all(text, jobs, region_ids, OWN)
    with connection_for_reading().cursor() as cursor:
        cursor.execute(text.sql, text.params)
        return list(cursor.fetchall())


def _unit(definition: Definition, quarter: int, row: tuple) -> Unit:
    indicator_id, organisation_id, stage, is_reported, is_excused, numerator, denominator, measured = row
    value, unit = _value(definition, numerator, denominator, measured)
    return Unit(
        indicator_id=indicator_id,
        organisation_id=organisation_id,
        stage=stage,
        as_of_quarter=definition.due_until(quarter)[-1],
        is_reported=is_reported,
        is_excused=is_excused,
        numerator=numerator if is_reported else None,
        denominator=denominator if is_reported else None,
        value=value if is_reported else None,
        unit=unit,
        decimals=_decimals(definition, unit),
    )


def _decimals(definition: Definition, unit: str) -> int:
    """Return the decimals of the indicator, or those of the fact that a school-level line measures."""
    if measured_formula(definition.parts[0]) is not None:
        return max(element.decimals for element in definition.parts[0].elements)
    return 0 if unit == YES_NO else definition.indicator.decimals


def _value(
    definition: Definition, numerator: Decimal | None, denominator: Decimal | None, measured: Decimal | None
) -> tuple[Decimal | None, str]:
    """Return a school's own value: what a line measures, yes or no, a ratio, or an amount."""
    indicator = definition.indicator
    if measured_formula(definition.parts[0]) is not None:
        elements = definition.parts[0].elements
        return measured, elements[0].unit if len(elements) == 1 else ""
    if indicator.aggregation in COUNTED:
        return None if numerator is None else Decimal(int(numerator > 0)), YES_NO
    if definition.parts[0].denominator is None:
        return numerator, indicator.unit
    ratio = aggregates.ratio(aggregates.exact(numerator), aggregates.exact(denominator))
    scaled: Fraction | None = None if ratio is None else ratio * definition.scale
    return aggregates.to_decimal(scaled), wording.value_unit(indicator.unit)
