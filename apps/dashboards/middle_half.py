"""Schools against the middle half of the schools of their stage: where one lies, never which place it takes.

Pure. The middle half lies between the lower and the upper quartile (linear interpolation between ranks, R's
type 7), of at least four schools whose figures are shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext

from apps.dashboards import wording
from apps.dashboards.figures_strip import quartiles
from apps.dashboards.school_tables import Half, place_text, unit_cell
from apps.dashboards.tables import Column, Table, count_cell, number_cell, text_cell
from apps.dashboards.units import YES_NO, Unit
from apps.organisations.enums import Stage
from apps.organisations.models import Organisation


@dataclass(frozen=True)
class Halves:
    """Lower quartile, median and upper quartile by stage; None where too few schools can be compared."""

    units: Sequence[Unit]
    by_stage: Mapping[str, Half | None]

    def place(self, unit: Unit) -> str:
        """Return in words where a school lies; a dash where nothing can be compared."""
        return place_text(unit.value, self.by_stage.get(unit.stage))


def halves_of(units: Sequence[Unit]) -> Halves | None:
    """Return the middle halves of one indicator's schools; None for yes or no, and without schools."""
    if not units or units[0].unit == YES_NO:
        return None
    values: dict[str, list[Decimal]] = defaultdict(list)
    for unit in units:
        values[unit.stage] += [unit.value] if unit.value is not None else []
    ordered = sorted(values, key=Stage.values.index)
    return Halves(units, {stage: quartiles(values[stage]) for stage in ordered})


def halves_table(halves: Halves) -> Table:
    """Return the middle half of each stage with how many schools it rests on."""
    columns = [
        Column(gettext("Stage"), 16),
        Column(gettext("Schools with a value"), 12, numeric=True),
        Column(gettext("Lower quartile"), 12, numeric=True),
        Column(gettext("Median"), 12, numeric=True),
        Column(gettext("Upper quartile"), 12, numeric=True),
    ]
    few = gettext("too few schools to compare")
    rows = []
    for stage, half in halves.by_stage.items():
        own = [unit for unit in halves.units if unit.stage == stage]
        counted = sum(unit.value is not None for unit in own)
        levels = [
            number_cell(
                half[place] if half else None, unit=own[0].unit, decimals=own[0].decimals, instead=few
            )
            for place in range(3)
        ]
        rows.append([text_cell(Stage(stage).label), count_cell(counted), *levels])
    return Table(gettext("Middle half"), columns, rows)


def places_table(halves: Halves, schools: Mapping[int, Organisation]) -> Table:
    """Return each school with where it lies, by stage and name; `schools` are those the reader may see."""
    columns = [
        Column(gettext("School"), 28),
        Column(gettext("Stage"), 12),
        Column(gettext("Value"), 14, numeric=True),
        Column(gettext("Against the middle half"), 18),
    ]
    shown = [unit for unit in halves.units if unit.organisation_id in schools]
    stages = Stage.values
    ordered = sorted(shown, key=lambda one: (stages.index(one.stage), schools[one.organisation_id].sort_key))
    rows = [
        [
            text_cell(
                wording.in_language(schools[unit.organisation_id]),
                href=reverse("dashboards:school", args=[unit.organisation_id]),
            ),
            text_cell(Stage(unit.stage).label),
            unit_cell(unit),
            text_cell(halves.place(unit)),
        ]
        for unit in ordered
    ]
    return Table(gettext("Schools"), columns, rows, [gettext("By stage and name; no ranking.")])
