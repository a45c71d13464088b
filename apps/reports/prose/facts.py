"""A release as sentences ask it: by the codes of indicators and measures and the numbers of areas."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from apps.dashboards.overview import belongs_to
from apps.dashboards.readings import Reading
from apps.plans.models import AnnualPlan, Indicator, Measure, TaskArea

if TYPE_CHECKING:
    from apps.reports.releases.edition import Edition


@dataclass(frozen=True)
class Facts:
    """An edition with its rows by code. `areas` may be some of them only (a report about one area)."""

    edition: Edition

    @property
    def quarter(self) -> int:
        return self.edition.quarter

    @property
    def today(self) -> dt.date:
        """The day of the freezing: what is overdue is overdue on it."""
        return self.edition.frozen_on

    @property
    def ends_on(self) -> dt.date:
        """The last day of the quarter."""
        return self.edition.thawed.periods[self.quarter].ends_on

    @property
    def plan(self) -> AnnualPlan:
        return self.edition.plan

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        return {indicator.code: indicator for indicator in self.edition.indicators}

    @cached_property
    def measures(self) -> dict[str, Measure]:
        return {measure.code: measure for area in self.edition.areas for measure in self.measures_of(area)}

    @cached_property
    def areas(self) -> dict[int, TaskArea]:
        return {area.number: area for area in self.edition.areas}

    def reading(self, code: str, quarter: int | None = None) -> Reading:
        """Return an indicator's reading, of the release's own quarter unless told."""
        return self.edition.readings[self.indicators[code].pk, quarter or self.quarter]

    def codes_of(self, area: TaskArea) -> list[str]:
        """Return the codes of an area's indicators, own and shared, in the plan's order."""
        return self._codes[area.number]

    @cached_property
    def _codes(self) -> dict[int, list[str]]:
        return {
            area.number: [code for code, indicator in self.indicators.items() if belongs_to(indicator, area)]
            for area in self.edition.areas
        }

    def measures_of(self, area: TaskArea) -> list[Measure]:
        return list(self.edition.measures_of(area))
