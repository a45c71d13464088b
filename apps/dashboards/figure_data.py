"""From readings to the figures of the indicator page, each with its table. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext

from apps.dashboards import figures, wording
from apps.dashboards.figures_outlook import Band
from apps.dashboards.figures_strip import strip
from apps.dashboards.page_tables import slices_table, trend_table
from apps.dashboards.reading_cells import outlook_words, slice_name, slice_order
from apps.dashboards.readings import Reading
from apps.dashboards.school_tables import schools_table
from apps.dashboards.table_charts import slices_chart, trend_chart
from apps.dashboards.tables import Table
from apps.dashboards.targets_text import (
    Line,
    baseline_text,
    baseline_value,
    reference_lines,
    stage_lines,
    target_lines,
)
from apps.dashboards.units import YES_NO, Unit
from apps.organisations.enums import Stage
from apps.organisations.models import Organisation
from apps.plans import formulas
from apps.plans.enums import Kind, SliceKind
from apps.plans.models import Baseline, Indicator
from apps.plans.steps import Steps
from apps.rollups.enums import ForecastBasis

STAGE_ORDER = {stage: place for place, stage in enumerate(Stage.values)}
SLICES = (SliceKind.STAGE, SliceKind.OWNERSHIP, SliceKind.SETTING)
NO_PATH: Mapping[int, Fraction] = {}
STEPPED = (Kind.BOOLEAN, Kind.MILESTONE)


@dataclass(frozen=True)
class Figure:
    """A figure with its name in the page, its heading and the table behind it."""

    key: str
    title: str
    plotly: Mapping[str, Any] | None
    table: Table

    @property
    def element_id(self) -> str:
        return f"figure-{self.key}"


def level_lines(indicator: Indicator, reading: Reading, baseline: Baseline | None) -> list[Line]:
    """Return the target in force and the national lines of one reading."""
    return [*target_lines(indicator, reading.target, baseline), *reference_lines(indicator)]


def target_steps(
    indicator: Indicator, readings: Sequence[Reading], baseline: Baseline | None
) -> list[figures.TargetStep]:
    """Return the targets in force one after the other; none unless one was changed within the year."""
    known = [reading for reading in readings if reading.target is not None]
    if len({reading.target.pk for reading in known if reading.target}) < 2:
        return []
    found: list[figures.TargetStep] = []
    for reading in known:
        levels = tuple(target_lines(indicator, reading.target, baseline))
        if found and found[-1].levels == levels:
            found[-1] = replace(found[-1], last=reading.quarter)
        else:
            found.append(figures.TargetStep(reading.quarter, reading.quarter, levels))
    return [*found[:-1], replace(found[-1], last=4)]


def baseline_line(indicator: Indicator, baseline: Baseline | None) -> Line | None:
    """Return the locked baseline with its number, for the axis whose tick names it."""
    value = baseline_value(indicator, baseline)
    if value is None:
        return None
    return Line(value, baseline_text(indicator, baseline), "baseline")


def baseline_mark(indicator: Indicator, baseline: Baseline | None) -> Line | None:
    """Return the locked baseline with a label that says what it is, where no axis does."""
    line = baseline_line(indicator, baseline)
    if line is None:
        return None
    return replace(line, label=gettext("Baseline %(number)s") % {"number": line.label})


def trend_figure(
    indicator: Indicator,
    readings: Sequence[Reading],
    baseline: Baseline | None,
    path: Mapping[int, Fraction] = NO_PATH,
    *,
    explained_at: str = "",
) -> Figure:
    """Return the course of four quarters: steps for what is done or not, else a line.

    Args:
        path: quarter → what the schedule asks for by its end, in the indicator's unit.
    """
    told_in = readings[-1].steps
    told_path, band = told_in_steps(path, told_in), band_of(readings)
    if indicator.kind == Kind.MILESTONE and told_in:
        names = told_in.step_names(chinese=wording.is_chinese())
        plotly = figures.stairs(readings, told_in.total, names, path=told_path, band=band)
    elif indicator.kind in STEPPED:
        plotly = figures.steps(readings)
    else:
        changes = target_steps(indicator, readings, baseline)
        level = level_lines(indicator, _last_judged(readings), baseline)
        plotly = figures.trend(
            readings,
            lines=[line for line in level if not changes or line.kind != "target"],
            steps=changes,
            baseline=baseline_line(indicator, baseline),
            unit=wording.value_unit(indicator.unit),
            path=told_path,
            band=band,
        )
    known = any(reading.value is not None for reading in readings)
    chart = trend_chart(indicator, readings, level_lines(indicator, _last_judged(readings), baseline))
    table = replace(trend_table(readings, explained_at=explained_at), chart=chart)
    return Figure("trend", gettext("Four quarters"), plotly if known else None, table)


def _last_judged(readings: Sequence[Reading]) -> Reading:
    """Return the latest reading with a target; its target is the one to draw."""
    return next((reading for reading in reversed(readings) if reading.target is not None), readings[-1])


def told_in_steps(path: Mapping[int, Fraction], steps: Steps | None) -> dict[int, Decimal]:
    """Return an expected path as a chart tells it: in steps where there are steps."""
    return {
        quarter: wording.as_decimal(steps.reached(level) if steps else level) or Decimal(0)
        for quarter, level in path.items()
    }


def band_of(readings: Sequence[Reading]) -> Band | None:
    """Return the latest forecast there is; None where the data allow none or the year's last figure is in."""
    measured = [reading for reading in readings if reading.value is not None and not reading.is_carried]
    known = [reading for reading in measured if reading.forecast.is_known]
    if not known or measured[-1].forecast.basis == ForecastBasis.COMPLETE:
        return None
    last = known[-1]

    def told(number: Decimal | None) -> Decimal:
        reached = last.steps.reached(number or Decimal(0)) if last.steps else number
        return wording.as_decimal(reached) or Decimal(0)

    return Band(
        start=last.quarter,
        end=max(last.indicator.due_quarters),
        value=told(last.value),
        forecast=told(last.forecast.value),
        low=told(last.forecast.low),
        high=told(last.forecast.high),
        text=outlook_words(last),
    )


def slice_figures(
    indicator: Indicator,
    kinds: Mapping[str, Sequence[Reading]],
    total: Reading,
    *,
    explained_at: str = "",
) -> list[Figure]:
    """Return one bar chart for each kind of slice there is, in the order stage, ownership, setting.

    A single slice tells nothing new, nor does one by an attribute that the formula itself asks for.
    """
    lines = [*target_lines(indicator, total.target, None), *reference_lines(indicator)]
    told = formulas.parse(indicator.numerator).attributes
    return [
        _slice_figure(kind, kinds[kind], lines, explained_at)
        for kind in SLICES
        if tells(kinds.get(kind, ())) and kind not in told
    ]


def tells(readings: Sequence[Reading]) -> bool:
    """Tell whether slices say anything: more than one, and some with a value or with one that is hidden."""
    return len(readings) > 1 and any(reading.value is not None or reading.is_hidden for reading in readings)


def _slice_figure(kind: str, readings: Sequence[Reading], lines: Sequence[Line], explained_at: str) -> Figure:
    ordered = sorted(readings, key=lambda reading: slice_order(kind, reading.slice_value))
    rows = [
        figures.Bar(
            slice_name(kind, reading.slice_value),
            reading.value,
            reading.value_text,
            stage_lines(reading.indicator, reading.slice_value) if kind == SliceKind.STAGE else (),
        )
        for reading in ordered
    ]
    known = any(row.value is not None for row in rows)
    title = gettext("By %(kind)s") % {"kind": str(SliceKind(kind).label).lower()}
    table = slices_table(kind, ordered, explained_at=explained_at)
    return Figure(
        f"slice-{kind}",
        title,
        figures.bars(rows, lines=lines) if known else None,
        replace(table, chart=slices_chart(kind, ordered, title)),
    )


def schools_figure(
    indicator: Indicator,
    units: Sequence[Unit],
    schools: Mapping[int, Organisation],
    threshold: Decimal | None,
    *,
    explained_at: str = "",
) -> Figure | None:
    """Return where the schools lie; none for yes-or-no figures, or for one that the school's kind decides."""
    shown = [unit for unit in units if unit.organisation_id in schools]
    if not shown or shown[0].unit == YES_NO or formulas.parse(indicator.numerator).attributes:
        return None
    ordered = sorted(
        shown, key=lambda unit: (STAGE_ORDER[unit.stage], schools[unit.organisation_id].sort_key)
    )
    dots = [
        figures.Dot(str(Stage(unit.stage).label), schools[unit.organisation_id].name, unit.value, unit.text)
        for unit in ordered
        if unit.value is not None
    ]
    line = gettext("Line for every school %(number)s")
    unit, decimals = shown[0].unit, shown[0].decimals
    lines = (
        []
        if threshold is None
        else [
            Line(
                threshold,
                line % {"number": wording.number_text(threshold, unit=unit, decimals=decimals)},
                "target",
            )
        ]
    )
    suffix = wording.with_unit("", unit)
    return Figure(
        "schools",
        gettext("Where the schools lie (shaded: the middle half, line: the median)"),
        strip(dots, lines=lines, ticksuffix=suffix) if dots else None,
        schools_table(ordered, schools, explained_at=explained_at),
    )
