"""Which part of a release a file is of: the district, one area, one office, one school. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext

from apps.dashboards import wording
from apps.dashboards.overview import AreaRow, belongs_to, course_of
from apps.dashboards.pages import IndicatorRow
from apps.dashboards.selectors import QUARTERS
from apps.organisations.models import Organisation
from apps.plans.models import Indicator, Measure, TaskArea
from apps.reports.releases.edition import Edition
from apps.reports.releases.thawing import FrozenSchool


@dataclass(frozen=True)
class Part:
    """At most one of them: the number of an area, the key of an office, the key of a school."""

    area: int | None = None
    office: int | None = None
    school: int | None = None


WHOLE = Part()


@dataclass(frozen=True)
class Excerpt:
    """A part of an edition: its areas with their rows and measures, nothing of the others."""

    edition: Edition
    part: Part = WHOLE

    @cached_property
    def areas(self) -> list[TaskArea]:
        """The areas that have anything of the part, in the plan's order."""
        edition, part = self.edition, self.part
        if part.area is not None:
            return [area for area in edition.areas if area.number == part.area]
        if part.office is None:
            return edition.areas
        return [
            area
            for area in edition.areas
            if area.lead_office_id == part.office or self.rows_of(area) or self.measures_of(area)
        ]

    @cached_property
    def indicators(self) -> list[Indicator]:
        """The indicators of the part, in the plan's order."""
        areas = self.areas if self.part.area is not None else None
        return [
            indicator
            for indicator in self.edition.indicators
            if self._is_own(indicator.lead_office_id)
            and (areas is None or any(belongs_to(indicator, area) for area in areas))
        ]

    def rows_of(self, area: TaskArea) -> list[IndicatorRow]:
        """Return an area's indicators as its page shows them."""
        rows = self.edition.rows_of(area)
        return [row for row in rows if self._is_own(row.reading.indicator.lead_office_id)]

    def measures_of(self, area: TaskArea) -> list[Measure]:
        return [one for one in self.edition.measures_of(area) if self._is_own(one.lead_office_id)]

    def _is_own(self, office: int) -> bool:
        return self.part.office is None or office == self.part.office

    @property
    def measures(self) -> list[Measure]:
        return [measure for area in self.areas for measure in self.measures_of(area)]

    @property
    def overview_rows(self) -> Sequence[AreaRow]:
        """The overview's rows of the areas, over the indicators of the part."""
        numbers = {area.number for area in self.areas}
        pks = {indicator.pk for indicator in self.indicators}
        return [self._narrowed(row, pks) for row in self.edition.overview.rows if row.area.number in numbers]

    def _narrowed(self, row: AreaRow, pks: set[int]) -> AreaRow:
        own = [one for one in row.readings if one.indicator.pk in pks]
        quarters = [[self.edition.readings[one.indicator.pk, quarter] for one in own] for quarter in QUARTERS]
        return AreaRow(area=row.area, readings=own, course=[course_of(readings) for readings in quarters])

    @property
    def schools(self) -> list[FrozenSchool]:
        """The schools of the quarter; of a school's own part that one alone."""
        found = self.edition.schools
        return [one for one in found if self.part.school in (None, one.organisation.pk)]

    @property
    def school(self) -> FrozenSchool:
        """The school that the part is of.

        Raises:
            LookupError: the release knows no such school.
        """
        found = self.schools
        if self.part.school is None or not found:
            raise LookupError(f"no school {self.part.school} in this release")
        return found[0]

    @property
    def office(self) -> Organisation:
        """The office that the part is of."""
        return next(one for one in self.edition.offices if one.pk == self.part.office)

    @property
    def name(self) -> str:
        """What the part is called: the district's name, an area, an office, a school."""
        if self.part.area is not None:
            area = self.areas[0]
            return f"{area.number}. {wording.in_language(area)}"
        if self.part.office is not None:
            return wording.in_language(self.office)
        if self.part.school is not None:
            return self.school.organisation.name
        return gettext("%(region)s, whole district") % {
            "region": wording.in_language(self.edition.region),
        }
