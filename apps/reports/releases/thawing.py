"""A release's plain data as the objects the pages use, joined; the database is never asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from operator import attrgetter
from typing import Any, TypeVar

from django.db import models

from apps.accounts.models import User
from apps.collection.models import Period
from apps.dashboards.units import Unit
from apps.organisations.models import Organisation, Region
from apps.plans.measures.models import MeasureStep
from apps.plans.models import (
    AnnualPlan,
    Baseline,
    DataElement,
    Indicator,
    IndicatorElement,
    IndicatorRevision,
    Measure,
    PlanPolicy,
    ReferenceLine,
    Target,
    TargetRevision,
    TaskArea,
)
from apps.reports.releases.rows import Row, fill, thawed, without
from apps.rollups.models import Judgement, Result

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class FrozenSchool:
    """A school as it was on the quarter's last day."""

    organisation: Organisation
    school_type: str
    ownership: str
    setting: str
    stages: tuple[str, ...]


@dataclass
class Thawed:
    """Everything of one release, whole: for `edition` to take from, not for pages."""

    content: Mapping[str, Any]
    _tables: dict[str, dict[int, Any]] = field(default_factory=dict)

    def table(self, name: str, model: type[M]) -> dict[int, M]:
        """Return the rows of a table by key, thawed once."""
        if name not in self._tables:
            self._tables[name] = {row["id"]: thawed(model, row) for row in self.content[name]}
        return self._tables[name]

    @cached_property
    def region(self) -> Region:
        return thawed(Region, self.content["region"])

    @cached_property
    def plan(self) -> AnnualPlan:
        plan = thawed(AnnualPlan, self.content["plan"])
        plan.region = self.region
        policy = thawed(PlanPolicy, self.content["policy"])
        policy.plan = plan
        return plan

    @cached_property
    def periods(self) -> dict[int, Period]:
        found = self.table("periods", Period)
        for period in found.values():
            period.plan = self.plan
        return {period.quarter: period for period in found.values()}

    @cached_property
    def offices(self) -> dict[int, Organisation]:
        return self.table("offices", Organisation)

    @cached_property
    def people(self) -> dict[int, User]:
        return self.table("people", User)

    @cached_property
    def areas(self) -> dict[int, TaskArea]:
        found = self.table("areas", TaskArea)
        support = pairs(self.content["supporting"]["areas"])
        for area in found.values():
            area.plan = self.plan
            area.lead_office = self.offices[area.lead_office_id]
            area.lead_leader = self.people.get(area.lead_leader_id or 0)
            fill(area, "supporting_offices", [self.offices[pk] for pk in support[area.pk]])
        return found

    @cached_property
    def measures(self) -> list[Measure]:
        found = self.table("measures", Measure)
        support = pairs(self.content["supporting"]["measures"])
        steps: dict[int, list[Any]] = grouped(self.table("steps", MeasureStep).values(), "measure_id")
        for measure in found.values():
            measure.area = self.areas[measure.area_id]
            measure.lead_office = self.offices[measure.lead_office_id]
            measure.lead_leader = self.people.get(measure.lead_leader_id or 0)
            fill(measure, "supporting_offices", [self.offices[pk] for pk in support[measure.pk]])
            fill(measure, "steps", sorted(steps[measure.pk], key=attrgetter("position")))
        return sorted(found.values(), key=lambda measure: (measure.area.number, measure.code))

    @cached_property
    def indicators(self) -> list[Indicator]:
        """All of them, restricted ones too, in the plan's order."""
        found = self.table("indicators", Indicator)
        also = pairs(self.content["also_in"])
        support = pairs(self.content["indicator_supporting"])
        links = grouped(self._links(), "indicator_id")
        references = grouped(self.table("references", ReferenceLine).values(), "indicator_id")
        changes = grouped(self.table("definition_changes", IndicatorRevision).values(), "indicator_id")
        targets = self._targets()
        for indicator in found.values():
            indicator.plan = self.plan
            indicator.area = self.areas[indicator.area_id]
            indicator.lead_office = self.offices[indicator.lead_office_id]
            fill(indicator, "also_in", [self.areas[pk] for pk in also[indicator.pk]])
            fill(indicator, "supporting_offices", [self.offices[pk] for pk in support[indicator.pk]])
            fill(indicator, "element_links", links[indicator.pk])
            fill(indicator, "reference_lines", references[indicator.pk])
            fill(indicator, "definition_revisions", changes[indicator.pk])
            if indicator.pk in targets:
                targets[indicator.pk].indicator = indicator
            else:
                without(indicator, "target")
        return sorted(found.values(), key=lambda one: (one.area.number, one.position, one.code))

    def _links(self) -> list[IndicatorElement]:
        elements = self.table("elements", DataElement)
        found = list(self.table("links", IndicatorElement).values())
        for link in found:
            link.element = elements[link.element_id]
        return found

    def _targets(self) -> dict[int, Target]:
        revisions = grouped(self.revisions.values(), "target_id")
        found = {target.indicator_id: target for target in self.table("targets", Target).values()}
        for target in found.values():
            own = sorted(revisions[target.pk], key=lambda revision: revision.number)
            fill(target, "revisions", own)
            for revision in own:
                revision.target = target
        return found

    @cached_property
    def revisions(self) -> dict[int, TargetRevision]:
        return self.table("target_revisions", TargetRevision)

    @cached_property
    def baselines(self) -> dict[int, Baseline]:
        """The baselines by indicator."""
        return {row.indicator_id: row for row in self.table("baselines", Baseline).values()}

    @cached_property
    def results(self) -> list[Result]:
        """The results with their judgement, period and as-of period."""
        periods = {period.pk: period for period in self.periods.values()}
        judgements = {row["result_id"]: row for row in self.content["judgements"]}
        found = list(self.table("results", Result).values())
        for result in found:
            result.period = periods[result.period_id]
            result.as_of = periods.get(result.as_of_id or 0)
            self._judge(result, judgements.get(result.pk))
        return found

    def _judge(self, result: Result, row: Row | None) -> None:
        if row is None:
            without(result, "judgement")
            return
        judgement = thawed(Judgement, row)
        judgement.target_revision = self.revisions.get(judgement.target_revision_id or 0)
        judgement.result = result

    @cached_property
    def schools(self) -> dict[int, FrozenSchool]:
        return {
            row["id"]: FrozenSchool(
                organisation=thawed(Organisation, row),
                school_type=row["school_type"],
                ownership=row["ownership"],
                setting=row["setting"],
                stages=tuple(row["stages"]),
            )
            for row in self.content["schools"]
        }

    @cached_property
    def units(self) -> list[tuple[Unit, bool]]:
        """Every school's own figure, and whether it is hidden from others."""
        return [(unit_of(row), row[11]) for row in self.content["units"]]


def unit_of(row: list[Any]) -> Unit:
    """Return a school's own figure of its frozen row."""
    numerator, denominator, value = (None if text is None else Decimal(text) for text in row[6:9])
    return Unit(
        indicator_id=row[0],
        organisation_id=row[1],
        stage=row[2],
        as_of_quarter=row[3],
        is_reported=row[4],
        is_excused=row[5],
        numerator=numerator,
        denominator=denominator,
        value=value,
        unit=row[9],
        decimals=row[10],
    )


def pairs(rows: Iterable[list[int]]) -> dict[int, list[int]]:
    """Return the second of each pair by the first."""
    found: dict[int, list[int]] = defaultdict(list)
    for first, second in rows:
        found[first].append(second)
    return found


def grouped(rows: Iterable[Any], name: str) -> dict[int, list[Any]]:
    """Return rows by the key that they name."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found
