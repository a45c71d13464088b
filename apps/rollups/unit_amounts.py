"""The units behind a result with what each brings to it: the same SQL that the refresh adds up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from apps.collection.models import Period
from apps.core.reading import connection_for_reading
from apps.organisations.enums import Stage
from apps.plans.enums import Aggregation
from apps.rollups.decomposition import Amounts
from apps.rollups.definitions import Definition
from apps.rollups.refreshing import wanted_of
from apps.rollups.sql_text import Text
from apps.rollups.sql_units import add_own_units

COUNTED = (Aggregation.SHARE_TRUE, Aggregation.COUNT_TRUE)
ONE, ZERO = Fraction(1), Fraction(0)


@dataclass(frozen=True)
class UnitAmounts:
    """One unit in one quarter. `stages` are those its school had then; `amounts` is None while it is out of
    the sum."""

    organisation_id: int
    stage: str
    stages: tuple[str, ...]
    ownership: str | None
    setting: str | None
    amounts: Amounts | None

    @property
    def key(self) -> tuple[int, str]:
        return self.organisation_id, self.stage


def load(
    definition: Definition, *, periods: dict[int, Period], quarter: int, region_ids: Collection[int]
) -> list[UnitAmounts]:
    """Return the units of one indicator in a quarter (one query), none before its first due quarter.

    An indicator whose two parts have different reporters has no units of its own.
    """
    if definition.is_split or not any(due in periods for due in definition.due_until(quarter)):
        return []
    definition = definition.at(quarter)
    text = Text()
    add_own_units(text, definition, [wanted_of(definition, periods, quarter)], list(region_ids))
    text.add(
        """SELECT u.organisation_id, u.stage, u.ownership, u.setting, u.is_reported,
            u.numerator, u.denominator, coalesce(u.stages, ARRAY[u.stage]) FROM units u"""
    )
    with connection_for_reading().cursor() as cursor:
        cursor.execute(text.sql, text.params)
        return [_unit(definition, row) for row in cursor.fetchall()]


def _unit(definition: Definition, row: Sequence) -> UnitAmounts:
    organisation_id, stage, ownership, setting, is_reported, numerator, denominator, stages = row
    asked = definition.indicator.stages
    taught = tuple(one for one in stages if not asked or one in asked)
    return UnitAmounts(
        organisation_id=organisation_id,
        stage=stage,
        stages=taught if stage == Stage.WHOLE else (stage,),
        ownership=ownership,
        setting=setting,
        amounts=_amounts(definition, is_reported, numerator, denominator),
    )


def _amounts(definition: Definition, is_reported: bool, numerator, denominator) -> Amounts | None:  # type: ignore[no-untyped-def]
    """Counts of units that meet something count each reported unit as one."""
    if definition.indicator.aggregation in COUNTED:
        if not is_reported or numerator is None:
            return None
        return Amounts(ONE if numerator > 0 else ZERO, ONE)
    if numerator is None:
        return None
    return Amounts(Fraction(numerator), ZERO if denominator is None else Fraction(denominator))
