"""The cells of schools and slices of indicators with small numbers, by quarter (two queries)."""

# ruff: noqa: S608 - what is formatted in is constant text

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apps.collection.models import Period
from apps.organisations.models import RegionAncestor
from apps.plans.enums import SliceKind
from apps.rollups.definitions import Definition
from apps.rollups.models import Result
from apps.rollups.protecting import Cell, Slice, UnitCell, UnitKey
from apps.rollups.refreshing import wanted_of
from apps.rollups.shapes import Shape
from apps.rollups.sql_text import Text, rows_by_hashes
from apps.rollups.sql_units import Job, add_units_of_all
from apps.rollups.subjects import CUMULATIVE

Units = dict[int, dict[UnitKey, UnitCell]]
Slices = dict[int, dict[Slice, Cell]]
Periods = Mapping[int, Period]


def due_quarters(definition: Definition, periods: Periods, quarter: int) -> list[int]:
    """Return the quarters whose figures matter: of what grows over the year all, else the latest."""
    due = [one for one in definition.due_until(quarter) if one in periods]
    return due if definition.indicator.accumulation in CUMULATIVE else due[-1:]


def _empty(small: Sequence[Definition], periods: Periods, quarter: int) -> dict[int, dict[int, dict]]:
    return {
        definition.indicator.pk: {due: {} for due in due_quarters(definition, periods, quarter)}
        for definition in small
    }


def slices_of(
    small: Sequence[Definition], periods: Periods, quarter: int, region_id: int
) -> dict[int, Slices]:
    """Return the slices' cells by indicator and due quarter, the last as the asked quarter shows them."""
    wanted: dict[tuple[int, int], int] = {}
    for definition in small:
        due = due_quarters(definition, periods, quarter)
        shown = [*due[:-1], quarter]
        wanted |= {(definition.indicator.pk, periods[q].pk): d for q, d in zip(shown, due, strict=True)}
    rows = Result.objects.filter(
        indicator__in=[definition.indicator.pk for definition in small],
        period__in={period_id for _indicator, period_id in wanted},
        region=region_id,
    ).exclude(slice_kind=SliceKind.ALL)
    found: dict[int, Slices] = _empty(small, periods, quarter)
    for row in rows:
        quarter_of = wanted.get((row.indicator_id, row.period_id))
        if quarter_of is not None:
            found[row.indicator_id][quarter_of][row.slice_kind, row.slice_value] = Cell(
                row.numerator, row.denominator, is_fresh=row.n_reported > 0
            )
    return found


def units_of(
    small: Sequence[Definition],
    periods: Periods,
    quarter: int,
    region_id: int,
) -> dict[int, Units]:
    """Return the units' cells by indicator and due quarter."""
    jobs = [
        Job(version, 0, tuple(wanted_of(version, periods, one) for one in due))
        for definition in small
        for version, due in definition.by_version(due_quarters(definition, periods, quarter))
    ]
    text = Text()
    add_units_of_all(text, jobs, _below(region_id), _select)
    found: dict[int, Units] = _empty(small, periods, quarter)
    quarters = {period.pk: due for due, period in periods.items()}
    rows = rows_by_hashes(text)
    for indicator_id, period_id, organisation_id, stage, is_fresh, slices, above, below in rows:
        kinds = frozenset((kind, value) for kind, value in (one.split(":", 1) for one in slices))
        cell = Cell(above, below, is_fresh=is_fresh)
        found[indicator_id][quarters[period_id]][organisation_id, stage] = UnitCell(cell, kinds)
    return found


def _select(shape: Shape) -> str:
    """The units of each quarter with the slices they count in, as `sql_results` deals them out."""
    slices = "ARRAY['all:']"
    if not shape.is_split:
        slices = """ARRAY['all:'] || array_remove(ARRAY['ownership:' || u.ownership, 'setting:' || u.setting,
            CASE WHEN u.stage <> 'whole' THEN 'stage:' || u.stage END], NULL)
            || ARRAY(SELECT 'stage:' || taught FROM unnest(u.stages) taught
                WHERE p.stages = '{}' OR taught = ANY(p.stages))"""
    return f"""SELECT p.indicator_id, u.period_id, u.organisation_id, u.stage, u.is_reported,
        {slices} AS slices, u.numerator, u.denominator
        FROM units u JOIN parts p USING (part) WHERE u.numerator IS NOT NULL"""  # nosec B608


def _below(region_id: int) -> list[int]:
    below = RegionAncestor.objects.filter(ancestor=region_id)
    return list(below.values_list("descendant_id", flat=True))
