"""What each page shows, gathered once for the screen and for its export, so that both hold the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from django.urls import reverse

from apps.core import clock
from apps.dashboards import (
    figure_data,
    page_tables,
    reading_cells,
    selectors,
    sentences,
    table_charts,
    units,
)
from apps.dashboards.bullets import Boxes, Bullet, boxes, bullet
from apps.dashboards.definition_history import DefinitionHistory, history_of
from apps.dashboards.figure_data import Figure
from apps.dashboards.figures_outlook import legend_text
from apps.dashboards.highlights import Segment, segments_of
from apps.dashboards.measures_timeline import Timeline, timeline_of
from apps.dashboards.overview import Overview, belongs_to, overview_of
from apps.dashboards.readings import Reading
from apps.dashboards.schools import schools_for
from apps.dashboards.selectors import QUARTERS, Scope
from apps.dashboards.tables import Table
from apps.dashboards.targets_text import Line
from apps.plans.enums import Kind, Reporter
from apps.plans.models import Baseline, Indicator, IndicatorElement, Measure, TaskArea
from apps.rollups.missing import Missing


@dataclass(frozen=True)
class OverviewPage:
    scope: Scope
    overview: Overview
    readings: Sequence[Reading]

    @property
    def table(self) -> Table:
        rows = self.overview.rows
        return replace(page_tables.overview_table(rows), chart=table_charts.overview_chart(rows))

    @property
    def indicators(self) -> Table:
        return page_tables.indicators_table(self.readings)


def overview_page(scope: Scope) -> OverviewPage:
    """Return the overview: areas, indicators with shared areas and targets, readings (7 queries)."""
    areas = list(selectors.areas_in(scope))
    indicators = list(selectors.indicators_in(scope))
    readings = selectors.readings_of(scope, indicators)
    return OverviewPage(
        scope=scope,
        overview=overview_of(areas, indicators, readings, quarter=scope.quarter),
        readings=[readings[indicator.pk, scope.quarter] for indicator in indicators],
    )


@dataclass(frozen=True)
class IndicatorRow:
    """An indicator in an area: this quarter, all four, and its bullet or its steps."""

    reading: Reading
    quarters: Sequence[Reading]
    target_text: str
    lines: Sequence[Line]
    bullet: Bullet | None
    boxes: Boxes | None
    is_shared: bool


@dataclass(frozen=True)
class AreaPage:
    scope: Scope
    area: TaskArea
    segments: Sequence[Segment]
    rows: Sequence[IndicatorRow]
    measures: Sequence[Measure]

    @property
    def table(self) -> Table:
        chart = table_charts.area_chart((row.reading, row.lines) for row in self.rows)
        return replace(page_tables.indicators_table([row.reading for row in self.rows]), chart=chart)

    @property
    def measures_table(self) -> Table:
        return page_tables.measures_table(self.measures)

    @property
    def timeline(self) -> Timeline:
        return timeline_of(self.measures, year=self.scope.plan.year, today=clock.today())


def area_page(scope: Scope, area: TaskArea) -> AreaPage:
    """Return one area: its text, its indicators (own and shared) and its measures."""
    indicators = [indicator for indicator in selectors.indicators_in(scope) if belongs_to(indicator, area)]
    readings = selectors.readings_of(scope, indicators)
    baselines = selectors.baselines_of(scope, indicators)
    measures = list(selectors.measures_of(area))
    own = [indicator for indicator in indicators if indicator.area_id == area.pk]
    return AreaPage(
        scope=scope,
        area=area,
        segments=segments_of(area.text, own, measures),
        rows=[
            indicator_row(area, indicator, readings, scope.quarter, baselines.get(indicator.pk))
            for indicator in indicators
        ],
        measures=measures,
    )


def indicator_row(
    area: TaskArea,
    indicator: Indicator,
    readings: Mapping[tuple[int, int], Reading],
    quarter: int,
    baseline: Baseline | None,
) -> IndicatorRow:
    reading = readings[indicator.pk, quarter]
    start = figure_data.baseline_mark(indicator, baseline)
    lines = [*figure_data.level_lines(indicator, reading, baseline), *([start] if start else [])]
    return IndicatorRow(
        reading=reading,
        quarters=[readings[indicator.pk, one] for one in QUARTERS],
        target_text=reading_cells.target_text(reading),
        lines=lines,
        bullet=bullet(reading, lines),
        boxes=boxes(reading),
        is_shared=indicator.area_id != area.pk,
    )


@dataclass(frozen=True)
class IndicatorPage:
    scope: Scope
    indicator: Indicator
    reading: Reading
    quarters: Sequence[Reading]
    baseline: Baseline | None
    trend: Figure
    slices: Sequence[Figure]
    schools: Figure | None
    missing: Missing
    parts: Sequence[Reading]
    path: Mapping[int, Fraction]
    definitions: DefinitionHistory

    @property
    def defined(self) -> Indicator:
        """The indicator as it is defined in the quarter that the figures are of."""
        return self.definitions.at(self.reading.as_of_quarter or self.scope.quarter)

    @property
    def elements(self) -> list[IndicatorElement]:
        """The facts that this definition uses, of the prefetched links."""
        quarter = self.reading.as_of_quarter or self.scope.quarter
        return [link for link in self.indicator.element_links.all() if quarter in link.quarters]

    @property
    def target_text(self) -> str:
        return reading_cells.target_text(self.reading)

    @property
    def sentence(self) -> str:
        return sentences.target_sentence(self.reading)

    @property
    def expected_text(self) -> str:
        return sentences.expected_text(self.reading)

    @property
    def days_text(self) -> str:
        return sentences.days_text(self.reading, clock.today())

    @property
    def missing_text(self) -> str:
        return sentences.reasons_text(self.missing)

    @property
    def bounds_sentences(self) -> list[str]:
        return sentences.bounds_sentences(self.reading, self.missing)

    @property
    def parts_sentence(self) -> str:
        """How the plan's sentence stands as a whole, where it sets several targets."""
        return sentences.parts_sentence([self.reading, *self.parts]) if self.parts else ""

    @property
    def outlook_text(self) -> str:
        """The forecast in words; empty without one."""
        return reading_cells.outlook_words(self.reading)

    @property
    def legend(self) -> str:
        """What the dotted line and the shade on the trend are."""
        if self.trend.plotly is None or self.indicator.kind == Kind.BOOLEAN:
            return ""
        band = figure_data.band_of(self.quarters)
        return legend_text(has_path=bool(self.path), has_band=band is not None)

    @property
    def figures(self) -> list[Figure]:
        return [self.trend, *self.slices, *([self.schools] if self.schools else [])]


def indicator_page(scope: Scope, indicator: Indicator) -> IndicatorPage:
    """Return one indicator: four quarters, its slices this quarter, its baseline."""
    siblings = selectors.parts_of(scope, indicator)
    found = selectors.readings_of(scope, [indicator, *siblings])
    baseline = selectors.baselines_of(scope, [indicator]).get(indicator.pk)
    missing = selectors.missing_in(scope, found[indicator.pk, scope.quarter], baseline)
    found[indicator.pk, scope.quarter] = sentences.with_bounds(found[indicator.pk, scope.quarter], missing)
    quarters = [found[indicator.pk, quarter] for quarter in QUARTERS]
    reading = quarters[scope.quarter - 1]
    path = {} if reading.is_hidden else selectors.path_of(scope, indicator)
    address = reverse("dashboards:explain", args=[scope.plan.year, indicator.code])
    return IndicatorPage(
        scope=scope,
        indicator=indicator,
        reading=reading,
        quarters=quarters,
        baseline=baseline,
        trend=figure_data.trend_figure(indicator, quarters, baseline, path, explained_at=address),
        slices=figure_data.slice_figures(
            indicator,
            selectors.slices_of(scope, indicator),
            reading,
            explained_at=f"{address}?quarter={scope.quarter}",
        ),
        schools=_schools_figure(scope, indicator),
        missing=missing,
        parts=[found[sibling.pk, scope.quarter] for sibling in siblings],
        path=path,
        definitions=history_of(indicator),
    )


def _schools_figure(scope: Scope, indicator: Indicator) -> Figure | None:
    if indicator.reporter != Reporter.SCHOOL or scope.period is None:
        return None
    own = units.load(
        plan=scope.plan,
        indicator_ids=[indicator.pk],
        quarter=scope.quarter,
        threshold=scope.viewer.threshold,
    )
    schools = {school.pk: school for school in schools_for(scope.user)}
    address = reverse("dashboards:explain", args=[scope.plan.year, indicator.code])
    return figure_data.schools_figure(
        indicator,
        own,
        schools,
        selectors.threshold_of(scope, indicator),
        explained_at=f"{address}?quarter={scope.quarter}",
    )
