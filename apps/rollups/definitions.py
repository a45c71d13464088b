"""What a refresh needs to know of indicators, loaded with a constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

from apps.collection.models import Period
from apps.plans import formulas
from apps.plans.definitions.rules import as_revised, revision_at
from apps.plans.enums import Accumulation, Aggregation, TargetLevel, ValueType
from apps.plans.formulas import Formula
from apps.plans.models import (
    AnnualPlan,
    Baseline,
    DataElement,
    Indicator,
    IndicatorElement,
    IndicatorRevision,
    TargetRevision,
    TargetSchedule,
)
from apps.plans.steps import steps_of
from apps.rollups import aggregates
from apps.rollups.aggregates import Statistics, exact
from apps.rollups.models import SufficientStatistics
from apps.rollups.shapes import Shaped, shaped
from apps.rollups.stored import Measured
from apps.rollups.subjects import Schedule, Subject


@dataclass(frozen=True)
class Part:
    """A formula pair with the facts it needs: the whole indicator, or one side of it when two report it."""

    elements: tuple[DataElement, ...]
    numerator: Formula | None
    denominator: Formula | None

    @property
    def formulas(self) -> list[Formula]:
        return [formula for formula in (self.numerator, self.denominator) if formula is not None]

    @property
    def uses_profile(self) -> bool:
        return any(formula.attributes - {"stage"} for formula in self.formulas)


@dataclass(frozen=True)
class Version:
    """One definition of an indicator: its texts, its parts, the revision that made it (None: the first)."""

    change: IndicatorRevision | None
    indicator: Indicator
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Definition:
    """An indicator with its formulas read, its facts, its target revisions and schedules in order.

    Where its definition changes within the year, `versions` holds each as it stands, the first one first, and
    `change` is the revision that made this one; `at` leads from any of them to that of a quarter.
    """

    indicator: Indicator
    parts: tuple[Part, ...]
    revisions: tuple[TargetRevision, ...]
    schedules: tuple[TargetSchedule, ...] = ()
    change: IndicatorRevision | None = None
    versions: tuple[Version, ...] = ()

    @property
    def is_split(self) -> bool:
        """Tell whether numerator and denominator come from different reporters."""
        return len(self.parts) > 1

    @property
    def is_flow(self) -> bool:
        return self.indicator.accumulation == Accumulation.FLOW

    @property
    def is_dispersion(self) -> bool:
        return self.indicator.aggregation == Aggregation.WEIGHTED_CV

    @property
    def scale(self) -> int:
        return aggregates.scale_of(
            aggregation=self.indicator.aggregation,
            unit=self.indicator.unit,
            has_denominator=bool(self.indicator.denominator),
        )

    @cached_property
    def shapes(self) -> tuple[Shaped, ...]:
        """The shape of each part and the facts that fill it."""
        return tuple(shaped(self, part) for part in self.parts)

    @cached_property
    def subject(self) -> Subject:
        """Return what a judgement depends on."""
        return Subject(
            aggregation=self.indicator.aggregation,
            accumulation=self.indicator.accumulation,
            kind=self.indicator.kind,
            due_quarters=tuple(sorted(self.indicator.due_quarters)),
            basis=self.indicator.basis,
            scale=self.scale,
            has_denominator=bool(self.indicator.denominator),
            always_provisional=self.indicator.is_provisional,
            is_split=self.is_split,
            counts_whole=self._counts_whole,
            is_estimated=any(element.is_estimate for part in self.parts for element in part.elements),
        )

    @property
    def _counts_whole(self) -> bool:
        """Tell whether the numerator counts whole things: schools that meet a line, or whole-number facts."""
        if self.indicator.aggregation in (Aggregation.SHARE_TRUE, Aggregation.COUNT_TRUE):
            return True
        numerator = self.parts[0].numerator
        codes = numerator.elements if numerator else frozenset()
        counted = [e for part in self.parts for e in part.elements if e.code in codes]
        return all(element.value_type != ValueType.DECIMAL for element in counted)

    def due_until(self, quarter: int) -> list[int]:
        """Return the due quarters not after `quarter`; the last one is the as-of quarter."""
        return sorted(due for due in self.indicator.due_quarters if due <= quarter)

    def at(self, quarter: int) -> Definition:
        """Return the definition that a quarter is computed with: that of the quarter its figures are of."""
        if not self.versions:
            return self
        as_of = max(self.due_until(quarter), default=quarter)
        change = revision_at((v.change for v in self.versions if v.change is not None), as_of)
        found = next(version for version in self.versions if version.change == change)
        return replace(self, change=found.change, indicator=found.indicator, parts=found.parts)

    def by_version(self, quarters: Iterable[int]) -> list[tuple[Definition, list[int]]]:
        """Return the quarters in order, together those that are computed with the same definition."""
        groups: dict[int | None, tuple[Definition, list[int]]] = {}
        for quarter in sorted(quarters):
            definition = self.at(quarter)
            key = definition.change.pk if definition.change else None
            groups.setdefault(key, (definition, []))[1].append(quarter)
        return list(groups.values())

    def is_like(self, quarter: int, other: int) -> bool:
        """Tell whether the figures of two quarters mean the same."""
        return self.at(quarter).change == self.at(other).change

    def is_base(self, baseline: Baseline) -> bool:
        """Tell whether a locked baseline is of this definition: of the newest one when it was locked."""
        if not self.versions:
            return baseline.superseded_at is None
        known = [v.change for v in self.versions if v.change and _is_before(v.change, baseline)]
        return max(known, key=lambda change: change.number, default=None) == self.change

    def in_force(self, date: dt.date) -> TargetRevision | None:
        """Return the latest confirmed revision effective on `date`."""
        valid = [r for r in self.revisions if r.confirmed_on is not None and r.effective_from <= date]
        return max(valid, key=lambda revision: revision.number, default=None)

    def schedule(self, date: dt.date) -> Schedule:
        """Return the schedule in force on `date`, in the indicator's unit; an even one without any."""
        valid = [schedule for schedule in self.schedules if schedule.effective_from <= date]
        latest = max(valid, key=lambda schedule: schedule.number, default=None)
        if latest is None:
            return Schedule()
        steps = steps_of(self.indicator, self.parts[0].elements)
        one = Fraction(steps.scale, steps.total) if steps else Fraction(1)
        return Schedule(latest.kind, tuple(Fraction(number) * one for number in latest.checkpoints))

    def is_proposed(self, date: dt.date) -> bool:
        """Tell whether a revision waits for the bureau."""
        return any(r.confirmed_on is None and r.effective_from <= date for r in self.revisions)

    def threshold(self, date: dt.date) -> Decimal | None:
        """Return the school-level line in force on `date`."""
        revision = self.in_force(date)
        return revision.value if revision and revision.level == TargetLevel.SCHOOL else None


def load(*, plan: AnnualPlan, indicator_ids: Collection[int] | None = None) -> list[Definition]:
    """Return the plan's definitions in its order (five queries)."""
    indicators = Indicator.objects.filter(plan=plan)
    if indicator_ids is not None:
        indicators = indicators.filter(pk__in=indicator_ids)
    found = list(indicators)
    links: dict[int, list[IndicatorElement]] = defaultdict(list)
    for link in IndicatorElement.objects.filter(indicator__in=found).select_related("element"):
        links[link.indicator_id].append(link)
    revisions: dict[int, list[TargetRevision]] = defaultdict(list)
    for revision in TargetRevision.objects.filter(target__indicator__in=found).select_related("target"):
        revisions[revision.target.indicator_id].append(revision)
    schedules: dict[int, list[TargetSchedule]] = defaultdict(list)
    for schedule in TargetSchedule.objects.filter(target__indicator__in=found).select_related("target"):
        schedules[schedule.target.indicator_id].append(schedule)
    changes: dict[int, list[IndicatorRevision]] = defaultdict(list)
    for change in IndicatorRevision.objects.filter(indicator__in=found, confirmed_at__isnull=False):
        changes[change.indicator_id].append(change)
    return [
        _definition(
            indicator,
            links[indicator.pk],
            revisions=tuple(revisions[indicator.pk]),
            schedules=tuple(schedules[indicator.pk]),
            versions=versions_of(indicator, links[indicator.pk], changes[indicator.pk]),
        )
        for indicator in found
    ]


def _definition(
    indicator: Indicator, links: Iterable[IndicatorElement], *, versions: tuple[Version, ...], **others: Any
) -> Definition:
    parts = versions[0].parts if versions else parts_of(indicator, links)
    return Definition(indicator=indicator, parts=parts, versions=versions, **others)


def versions_of(
    indicator: Indicator, links: Iterable[IndicatorElement], changes: Collection[IndicatorRevision]
) -> tuple[Version, ...]:
    """Return the definitions of an indicator, the first one first; none where it never changes."""
    links = list(links)
    revised = [(change, as_revised(indicator, change)) for change in (None, *changes)] if changes else []
    return tuple(Version(change, one, parts_of(one, _narrowed(one, links))) for change, one in revised)


def _narrowed(indicator: Indicator, links: Iterable[IndicatorElement]) -> list[IndicatorElement]:
    """The links are those of all definitions of the year: return the ones that this one makes of them."""
    above, below = (
        formulas.parse(text).elements if text else frozenset()
        for text in (indicator.numerator, indicator.denominator)
    )
    return [
        IndicatorElement(
            element=link.element,
            in_numerator=link.element.code in above,
            in_denominator=link.element.code in below,
        )
        for link in links
        if link.element.code in above | below
    ]


def _is_before(change: IndicatorRevision, baseline: Baseline) -> bool:
    confirmed, locked = change.confirmed_at, baseline.locked_at
    return confirmed is not None and locked is not None and confirmed <= locked


def parts_of(indicator: Indicator, links: Iterable[IndicatorElement]) -> tuple[Part, ...]:
    """Return the parts of an indicator: two when numerator and denominator have different reporters."""
    links = sorted(links, key=lambda link: link.element.code)
    numerator = formulas.parse(indicator.numerator)
    denominator = formulas.parse(indicator.denominator) if indicator.denominator else None
    above = tuple(link.element for link in links if link.in_numerator)
    below = tuple(link.element for link in links if link.in_denominator)
    if below and {element.reporter for element in above} != {element.reporter for element in below}:
        return Part(above, numerator, None), Part(below, None, denominator)
    return (Part(tuple(link.element for link in links), numerator, denominator),)


def periods_of(plan: AnnualPlan) -> dict[int, Period]:
    """Return the plan's periods by quarter."""
    return {period.quarter: period for period in Period.objects.filter(plan=plan)}


def statistics_of(result: Measured | SufficientStatistics) -> Statistics:
    """Return the statistics of a stored result as exact numbers."""
    return _statistics(*(getattr(result, name) for name in HELD))


HELD = [field.name for field in fields(Statistics)]


# A refresh judges the quarters before as well, which are what they were at the last one.
@lru_cache(maxsize=20_000)
def _statistics(
    n_due: int, n_reported: int, n_not_applicable: int, n_true: int, *amounts: Decimal | None
) -> Statistics:
    return Statistics(n_due, n_reported, n_not_applicable, n_true, *map(exact, amounts))
