"""Tables of schools: their own figures, and one school against the others. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext

from apps.dashboards import wording
from apps.dashboards.figures_strip import quartiles
from apps.dashboards.tables import Cell, Column, Table, count_cell, number_cell, text_cell
from apps.dashboards.units import YES_NO, Unit
from apps.organisations.enums import Stage
from apps.organisations.models import Organisation
from apps.plans.models import Indicator

PICTURE_WIDTH = 160
Half = tuple[Decimal, Decimal, Decimal]


def unit_cell(unit: Unit) -> Cell:
    """Return a school's value as a typed cell, or in words why there is none."""
    return number_cell(unit.value, unit=unit.unit, decimals=unit.decimals, instead=unit.text)


def schools_table(
    units: Sequence[Unit], schools: Mapping[int, Organisation], *, explained_at: str = ""
) -> Table:
    """Return the schools' own figures in the order given; `schools` names those the reader may see.

    Args:
        explained_at: the address of the explanation with its quarter, which takes `school=7`.
    """
    columns = [
        Column(gettext("School"), 28),
        Column(gettext("Stage"), 12),
        Column(gettext("Value"), 14, numeric=True),
        Column(gettext("Unit"), 10),
        Column(gettext("Numerator"), 12, numeric=True),
        Column(gettext("Denominator"), 12, numeric=True),
    ]
    return Table(
        gettext("Schools"),
        columns,
        [_school_row(unit, schools[unit.organisation_id], explained_at) for unit in units],
    )


def _school_row(unit: Unit, school: Organisation, explained_at: str) -> list[Cell]:
    href = f"{explained_at}&school={school.pk}" if explained_at else ""
    return [
        text_cell(wording.in_language(school), href=reverse("dashboards:school", args=[school.pk])),
        text_cell(Stage(unit.stage).label),
        replace(unit_cell(unit), href=href),
        text_cell(wording.unit_word(unit.unit) or "—"),
        count_cell(unit.numerator),
        count_cell(unit.denominator),
    ]


def place_text(value: Decimal | None, half: Half | None) -> str:
    """Return whether a value lies below, within or above a middle half, its ends included."""
    if value is None or half is None:
        return "—"
    if value < half[0]:
        return gettext("below the middle half")
    return gettext("above the middle half") if value > half[2] else gettext("within the middle half")


@dataclass(frozen=True)
class Standing:
    """One figure of a school beside the middle half of the schools of its stage. No rank."""

    indicator: Indicator
    unit: Unit
    middle: Half | None
    n_compared: int = 0

    @property
    def stage_name(self) -> str:
        return str(Stage(self.unit.stage).label)

    @property
    def middle_text(self) -> str:
        """Lower to upper quartile in words."""
        if self.middle is None:
            return gettext("too few schools to compare")
        lower, upper = (
            wording.number_text(level, unit=self.unit.unit, decimals=self.unit.decimals)
            for level in (self.middle[0], self.middle[2])
        )
        return f"{lower} – {upper}"

    @property
    def place_text(self) -> str:
        """Where the school lies, and of how many schools; empty where nothing can be compared."""
        if self.middle is None or self.unit.value is None:
            return ""
        words = gettext("%(place)s of %(count)d schools")
        return words % {"place": place_text(self.unit.value, self.middle), "count": self.n_compared}

    @property
    def picture(self) -> dict[str, float] | None:
        """Positions in pixels of the middle half and of the school, on an axis from zero."""
        if self.middle is None or self.unit.value is None or min(self.middle[0], self.unit.value) < 0:
            return None
        reach = max(self.middle[2], self.unit.value) * Decimal("1.1") or Decimal(1)
        lower, upper, own = (
            round(float(level / reach) * PICTURE_WIDTH, 1)
            for level in (self.middle[0], self.middle[2], self.unit.value)
        )
        return {"x": lower, "width": max(1.0, round(upper - lower, 1)), "dot": own}


def standings_of(
    own: Sequence[Unit], everyone: Iterable[Unit], indicators: Mapping[int, Indicator]
) -> list[Standing]:
    """Return a school's figures in the order of its indicators, each beside those of the same stage."""
    values: dict[tuple[int, str], list[Decimal]] = defaultdict(list)
    for unit in everyone:
        if unit.value is not None:
            values[unit.indicator_id, unit.stage].append(unit.value)
    places = {pk: place for place, pk in enumerate(indicators)}
    found = []
    for unit in sorted(own, key=lambda one: (places[one.indicator_id], one.stage)):
        others = values[unit.indicator_id, unit.stage]
        middle = None if unit.unit == YES_NO else quartiles(others)
        found.append(Standing(indicators[unit.indicator_id], unit, middle, len(others)))
    return found
