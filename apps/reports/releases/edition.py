"""A release as one audience may read it: the pages' own objects and functions over frozen data.

Whatever is hidden from the audience is not in an edition at all: no number of it can reach a document.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from apps.dashboards import figure_data, pages, selectors, sentences
from apps.dashboards.figure_data import Figure
from apps.dashboards.overview import Overview, belongs_to, overview_of
from apps.dashboards.pages import IndicatorRow
from apps.dashboards.readings import Reading, absent, reading_of
from apps.dashboards.selectors import QUARTERS, ReadingKey
from apps.dashboards.targets_text import exact_baseline
from apps.dashboards.units import Unit
from apps.organisations.models import Organisation, Region
from apps.plans.enums import Privacy, SliceKind
from apps.plans.models import AnnualPlan, Baseline, Indicator, Measure, TaskArea
from apps.reports.releases import canonical
from apps.reports.releases.audience import CIRCULATION, Audience
from apps.reports.releases.enums import TextKind
from apps.reports.releases.models import Release
from apps.reports.releases.thawing import FrozenSchool, Thawed
from apps.rollups.bounds import Bounds
from apps.rollups.enums import BoundsBasis, Exclusion, Status
from apps.rollups.missing import Missing
from apps.rollups.suppression import is_small

WHOLE_DISTRICT = 0


@dataclass(frozen=True)
class Edition:
    """What one audience may read of a release (or of a draft: version 0, without a fingerprint to cite)."""

    thawed: Thawed
    audience: Audience
    sha256: str

    @property
    def head(self) -> Mapping[str, Any]:
        head: Mapping[str, Any] = self.thawed.content["head"]
        return head

    @property
    def year(self) -> int:
        return int(self.head["year"])

    @property
    def quarter(self) -> int:
        return int(self.head["quarter"])

    @property
    def version(self) -> int:
        return int(self.head["version"])

    @property
    def is_draft(self) -> bool:
        return self.version == 0

    @property
    def frozen_on(self) -> dt.date:
        """The business date of the freezing: "today" of everything the report says."""
        return dt.date.fromisoformat(self.head["business_date"])

    @property
    def plan(self) -> AnnualPlan:
        return self.thawed.plan

    @property
    def region(self) -> Region:
        return self.thawed.region

    @property
    def threshold(self) -> int:
        return self.plan.policy.small_cell_threshold

    @property
    def offices(self) -> list[Organisation]:
        return sorted(self.thawed.offices.values(), key=lambda office: (office.sort_key, office.code))

    @property
    def areas(self) -> list[TaskArea]:
        return sorted(self.thawed.areas.values(), key=lambda area: area.number)

    @cached_property
    def indicators(self) -> list[Indicator]:
        """The indicators that exist for the audience, in the plan's order."""
        return [row for row in self.thawed.indicators if self.audience.knows(row)]

    @cached_property
    def baselines(self) -> dict[int, Baseline]:
        """The baselines that the audience may see, by indicator (`BaselineQuerySet.visible_to`)."""
        known = {row.pk: row for row in self.indicators}
        found = self.thawed.baselines
        return {pk: row for pk, row in found.items() if pk in known and self._shows(known[pk], row)}

    def _shows(self, indicator: Indicator, row: Baseline) -> bool:
        if indicator.privacy != Privacy.SMALL_CELL or self.audience.owns(indicator):
            return True
        return not is_small(row.numerator, row.denominator, threshold=self.threshold)

    @cached_property
    def readings(self) -> dict[ReadingKey, Reading]:
        """The region's readings of the four quarters by indicator and quarter; later ones are not due."""
        stored = {
            (row.indicator_id, row.period.quarter): row
            for row in self.thawed.results
            if row.slice_kind == SliceKind.ALL
        }
        returned = {(pk, quarter): n for pk, quarter, n in self.thawed.content["returned"]}
        viewer = self.audience.viewer(self.threshold)
        found: dict[ReadingKey, Reading] = {}
        for indicator in self.indicators:
            own = [
                self._reading(indicator, quarter, stored.get((indicator.pk, quarter)), returned)
                for quarter in QUARTERS
            ]
            is_veiled = self._is_small(indicator) and indicator.pk not in self.baselines
            told = selectors.as_told(own, viewer=viewer, is_veiled=is_veiled)
            found |= {(indicator.pk, reading.quarter): reading for reading in told}
        return self._with_bounds(found)

    def _is_small(self, indicator: Indicator) -> bool:
        return indicator.privacy == Privacy.SMALL_CELL and not self.audience.owns(indicator)

    def _reading(self, indicator: Indicator, quarter: int, row: Any, returned: Mapping) -> Reading:
        if row is None:
            found = absent(indicator, quarter)
            return replace(found, status=Status.NOT_DUE) if quarter > self.quarter else found
        n_returned = returned.get((indicator.pk, quarter), 0)
        return reading_of(
            row, indicator=indicator, quarter=quarter, today=self.frozen_on, n_returned=n_returned
        )

    def _with_bounds(self, found: dict[ReadingKey, Reading]) -> dict[ReadingKey, Reading]:
        for pk, missing in self.missing.items():
            key = (pk, self.quarter)
            if key in found:
                found[key] = sentences.with_bounds(found[key], missing)
        return found

    @cached_property
    def current(self) -> list[Reading]:
        """The readings of the release's own quarter, in the plan's order."""
        return [self.readings[indicator.pk, self.quarter] for indicator in self.indicators]

    def quarters_of(self, indicator: Indicator) -> list[Reading]:
        """Return an indicator's readings of the four quarters."""
        return [self.readings[indicator.pk, quarter] for quarter in QUARTERS]

    @cached_property
    def missing(self) -> dict[int, Missing]:
        """What the quarter's results lack, by indicator; complete ones are not in it."""
        known = {row.pk for row in self.indicators}
        rows = self.thawed.content["missing"]
        return {row["indicator_id"]: missing_of(row) for row in rows if row["indicator_id"] in known}

    @cached_property
    def slices(self) -> dict[int, dict[str, list[Reading]]]:
        """The quarter's readings of stages, ownerships and settings by indicator and kind."""
        known = {row.pk: row for row in self.indicators}
        hidden = {(pk, kind, value) for pk, kind, value in self.thawed.content["hidden"]}
        found: dict[int, dict[str, list[Reading]]] = defaultdict(lambda: defaultdict(list))
        for row in self.thawed.results:
            if row.slice_kind == SliceKind.ALL or row.indicator_id not in known:
                continue
            reading = self._reading(known[row.indicator_id], self.quarter, row, {})
            is_hidden = (row.indicator_id, row.slice_kind, row.slice_value) in hidden
            told = reading.hidden() if is_hidden else reading.without_change()
            found[row.indicator_id][row.slice_kind].append(told)
        return found

    @cached_property
    def overview(self) -> Overview:
        return overview_of(self.areas, self.indicators, self.readings, quarter=self.quarter)

    def rows_of(self, area: TaskArea) -> list[IndicatorRow]:
        """Return an area's indicators, own and shared, as its page shows them."""
        return [
            pages.indicator_row(
                area, indicator, self.readings, self.quarter, self.baselines.get(indicator.pk)
            )
            for indicator in self.indicators
            if belongs_to(indicator, area)
        ]

    @cached_property
    def paths(self) -> dict[int, dict[int, Fraction]]:
        """What schedules ask for by the end of each quarter, by indicator."""
        found: dict[int, dict[int, Fraction]] = defaultdict(dict)
        for pk, quarter, amount in self.thawed.content["paths"]:
            found[pk][quarter] = Fraction(amount)
        return found

    def figure_of(self, indicator: Indicator) -> Figure:
        """Return the course of an indicator over the four quarters, as its page draws it."""
        quarters = self.quarters_of(indicator)
        path = {} if quarters[self.quarter - 1].is_hidden else self.paths.get(indicator.pk, {})
        return figure_data.trend_figure(indicator, quarters, self.baselines.get(indicator.pk), path)

    def slice_figures_of(self, indicator: Indicator) -> list[Figure]:
        """Return the figures of an indicator's stages, ownerships and settings."""
        reading = self.readings[indicator.pk, self.quarter]
        return figure_data.slice_figures(indicator, self.slices.get(indicator.pk, {}), reading)

    def measures_of(self, area: TaskArea) -> list[Measure]:
        """Return the measures of an area with their steps and offices."""
        return [measure for measure in self.measures if measure.area_id == area.pk]

    @property
    def measures(self) -> list[Measure]:
        return self.thawed.measures

    @property
    def schools(self) -> list[FrozenSchool]:
        """The schools of the quarter, those that existed on its last day or had closed within the year."""
        found = self.thawed.schools.values()
        return sorted(found, key=lambda one: (one.organisation.sort_key, one.organisation.code))

    @cached_property
    def units(self) -> list[Unit]:
        """The schools' own figures, small ones hidden but for those of the audience's own school."""
        known = {row.pk for row in self.indicators}
        return [
            unit.hidden() if is_hidden and unit.organisation_id != self.audience.school_id else unit
            for unit, is_hidden in self.thawed.units
            if unit.indicator_id in known
        ]

    def units_of(self, school: FrozenSchool) -> list[Unit]:
        """Return one school's own figures."""
        return [unit for unit in self.units if unit.organisation_id == school.organisation.pk]

    @cached_property
    def texts(self) -> dict[tuple[int, str], str]:
        """What the bureau wrote itself, by the number of the area (0: the whole) and kind of text."""
        return {(row["area"], row["kind"]): row["body"] for row in self.thawed.content["texts"]}

    def text_of(self, kind: TextKind, area: TaskArea | None = None) -> str:
        """Return the bureau's own words for an area (or the whole), empty where it wrote none."""
        return self.texts.get((area.number if area else WHOLE_DISTRICT, str(kind)), "")

    def exact_baseline(self, indicator: Indicator) -> Fraction | None:
        """Return the visible baseline's value in the indicator's unit, exactly."""
        return exact_baseline(indicator, self.baselines.get(indicator.pk))


def missing_of(row: Mapping[str, Any]) -> Missing:
    """Return what a result lacks, of its frozen row."""
    low, high = (None if row[end] is None else Fraction(row[end]) for end in ("low", "high"))
    bounds = Bounds(BoundsBasis(row["basis"]), low, high, row["n_unknown"])
    return Missing({Exclusion(name): n for name, n in row["reasons"].items()}, bounds, row["decided"])


def edition_of(release: Release, audience: Audience = CIRCULATION) -> Edition:
    """Return what an audience may read of a release (one query, for its content).

    Raises:
        ValueError: the stored content does not have the fingerprint that the release cites.
    """
    if canonical.sha256_of(release.content) != release.sha256:
        raise ValueError(f"release {release.pk} does not have the fingerprint it cites")
    return Edition(Thawed(json.loads(release.content)), audience, release.sha256)


def edition_of_content(content: Mapping[str, Any], audience: Audience = CIRCULATION) -> Edition:
    """Return what an audience may read of plain data: a draft, or a test's."""
    text = canonical.text_of(content)
    return Edition(Thawed(json.loads(text)), audience, canonical.sha256_of(text))
