"""What a report is about: the whole district, one area or one office. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from apps.organisations.models import Organisation
from apps.plans.models import TaskArea
from apps.reports.prose.facts import Facts

Stage = Callable[[str, int, int], None]


def silent(name: str, done: int, total: int) -> None:
    """Tell nobody how far a report is."""


@dataclass(frozen=True)
class Selection:
    """The areas, indicators and measures of a report; an office has those it leads."""

    facts: Facts
    area_number: int | None = None
    office: Organisation | None = None
    with_pictures: bool = True
    stage: Stage = silent

    @cached_property
    def areas(self) -> list[TaskArea]:
        """The areas that the report has a section for."""
        areas = list(self.facts.edition.areas)
        if self.area_number is not None:
            return [area for area in areas if area.number == self.area_number]
        if self.office is not None:
            return [
                area
                for area in areas
                if area.lead_office_id == self.office.pk or self.codes_of(area) or self.measures_of(area)
            ]
        return areas

    def codes_of(self, area: TaskArea) -> list[str]:
        """Return the codes of an area's indicators that belong to the report."""
        found = self.facts.codes_of(area)
        if self.office is None:
            return found
        return [code for code in found if self.facts.indicators[code].lead_office_id == self.office.pk]

    def measures_of(self, area: TaskArea) -> list[str]:
        """Return the codes of an area's measures that belong to the report."""
        return [
            measure.code
            for measure in self.facts.measures_of(area)
            if self.office is None or measure.lead_office_id == self.office.pk
        ]

    @cached_property
    def codes(self) -> list[str]:
        """All indicators once, in the plan's order."""
        return _once(code for area in self.areas for code in self.codes_of(area))

    @cached_property
    def measures(self) -> list[str]:
        return _once(code for area in self.areas for code in self.measures_of(area))


def _once(codes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(codes))
