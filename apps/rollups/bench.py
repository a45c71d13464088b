"""Where results are judged: each with its target revision, schedule, baseline, earlier quarters and stages.

A verdict rests on the stored results alone, never on the order in which they came: what a quarter remembers
of the ones before is judged anew from them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from django.db.models import Q, QuerySet

from apps.collection.models import Period
from apps.core import clock
from apps.plans.enums import Accumulation, SliceKind, TargetLevel
from apps.plans.models import AnnualPlan, Baseline, IndicatorRevision, PlanPolicy, TargetRevision
from apps.rollups import definitions
from apps.rollups.aggregates import Statistics, exact
from apps.rollups.definitions import Definition, statistics_of
from apps.rollups.enums import GOOD, ForecastBasis, Status
from apps.rollups.forecasts import Forecast
from apps.rollups.judging import Verdict, judge, worst
from apps.rollups.last_year import LastYear, last_year_of
from apps.rollups.stored import Measured
from apps.rollups.subjects import Aim, Course, Moment, QuarterDates, Schedule

Slice = tuple[int, str, str]
BaselineKey = tuple[int, int, str, str]
EVEN = Schedule()
NONE = Forecast(ForecastBasis.NOT_FORESEEABLE)


@dataclass(frozen=True)
class Circumstances:
    """What all judgements of a plan share."""

    plan: AnnualPlan
    today: dt.date
    policy: PlanPolicy
    quarters: dict[int, int]
    calendar: dict[int, QuarterDates]
    baselines: Mapping[BaselineKey, list[Baseline]]
    last_year: LastYear

    def quarter(self, period_id: int | None) -> int | None:
        return None if period_id is None else self.quarters[period_id]

    def moment(self, result: Measured) -> Moment:
        """Return the quarter of a result, that of its figures, and the plan's thresholds."""
        return Moment(
            quarter=self.quarters[result.period_id],
            as_of=self.quarter(result.as_of_id),
            today=self.today,
            calendar=self.calendar,
            on_track_ratio=Fraction(self.policy.on_track_ratio),
            at_risk_ratio=Fraction(self.policy.at_risk_ratio),
            step_tolerance_days=self.policy.step_tolerance_days,
        )


def circumstances(*, plan: AnnualPlan, indicator_ids: Collection[int]) -> Circumstances:
    """Load what judgements depend on beside results and targets (five queries at most)."""
    return circumstances_of(
        plan=plan,
        today=clock.today(),
        policy=PlanPolicy.objects.filter(plan=plan).first() or PlanPolicy(plan=plan),
        periods=definitions.periods_of(plan),
        baselines=baselines_of(indicator_ids),
        last_year=last_year_of(plan, indicator_ids),
    )


def circumstances_of(*, periods: Mapping[int, Period], **known: Any) -> Circumstances:
    """Return the circumstances of what has been loaded."""
    return Circumstances(
        quarters={period.pk: quarter for quarter, period in periods.items()},
        calendar={quarter: QuarterDates(p.ends_on, p.due_on) for quarter, p in periods.items()},
        **known,
    )


def baselines_of(indicator_ids: Collection[int]) -> dict[BaselineKey, list[Baseline]]:
    """Return the locked baselines of indicators, the oldest first (one query)."""
    found: dict[BaselineKey, list[Baseline]] = defaultdict(list)
    for b in _locked(indicator_ids):
        found[b.indicator_id, b.region_id, b.slice_kind, b.slice_value].append(b)
    return found


def _locked(indicator_ids: Collection[int]) -> QuerySet[Baseline]:
    """Return the current baselines; of a definition that changes in the year also those they replaced."""
    changed = IndicatorRevision.objects.filter(confirmed_at__isnull=False).values("indicator")
    locked = Baseline.objects.filter(indicator__in=indicator_ids, locked_at__isnull=False)
    return locked.filter(Q(superseded_at__isnull=True) | Q(indicator__in=changed)).order_by("locked_at")


@dataclass(frozen=True)
class Judged:
    """A verdict with what it was held against."""

    verdict: Verdict
    revision: TargetRevision | None
    baseline: Baseline | None


class _Statistics(dict[int, Statistics]):
    """Exact statistics by result, made when they are asked for."""

    def __init__(self) -> None:
        self.rows: dict[int, Measured] = {}

    def __missing__(self, pk: int) -> Statistics:
        self[pk] = statistics_of(self.rows[pk])
        return self[pk]


class Bench:
    """Judges the results of one indicator, which must be all its results in the regions at hand."""

    def __init__(self, definition: Definition, shared: Circumstances, results: Iterable[Measured]) -> None:
        self.definition = definition
        self.shared = shared
        self.statistics = _Statistics()
        self.by_slice: dict[Slice, dict[int, Measured]] = defaultdict(dict)
        for result in results:
            key = (result.region_id, result.slice_kind, result.slice_value)
            self.by_slice[key][shared.quarters[result.period_id]] = result
            self.statistics.rows[result.pk] = result
        self._judged: dict[int, Judged] = {}
        self._values: dict[int, Fraction | None] = {}

    def judge(self, result: Measured) -> Judged:
        """Return the verdict on one result, with what it remembers of the quarters before."""
        if result.pk not in self._judged:
            judged = self._judge(result)
            if (quarter := self._recovered_from(result, judged.verdict)) is not None:
                judged = replace(judged, verdict=replace(judged.verdict, recovered_from=quarter))
            self._judged[result.pk] = judged
        return self._judged[result.pk]

    def _judge(self, result: Measured) -> Judged:
        ends_on = self._ends_on(result)
        revision = self.definition.in_force(ends_on) if self._is_aimed_at(result) else None
        baseline = self._baseline(result)
        verdict = judge(
            self.definition.at(self.shared.quarters[result.period_id]).subject,
            self.statistics[result.pk],
            aim=aim_of(revision, self.definition.schedule(ends_on)),
            is_proposed=self._is_aimed_at(result) and self.definition.is_proposed(ends_on),
            baseline=self._baseline_value(baseline),
            earlier_incomplete=self._earlier_incomplete(result),
            course=self._course(result),
            moment=self.shared.moment(result),
        )
        if self.definition.is_dispersion and result.slice_kind != SliceKind.STAGE:
            verdict = self._stages_apart(result, verdict)
        return Judged(verdict, revision, baseline)

    def _is_aimed_at(self, result: Measured) -> bool:
        """The plan's target speaks of its whole region; a school-level line holds in every part of it.

        A dispersion is measured stage by stage, so its target holds there.
        """
        if result.region_id != self.shared.plan.region_id:
            return False
        if result.slice_kind == SliceKind.ALL:
            return True
        if self.definition.is_dispersion:
            return result.slice_kind == SliceKind.STAGE
        revision = self.definition.in_force(self._ends_on(result))
        return revision is not None and revision.level == TargetLevel.SCHOOL

    def _stages_apart(self, result: Measured, verdict: Verdict) -> Verdict:
        """A dispersion over several stages has no value; under a target it is what its worst stage is."""
        status = verdict.status
        if status not in (Status.NO_TARGET, Status.UNCONFIRMED, Status.NOT_DUE):
            quarter = self.shared.quarters[result.period_id]
            status = worst(
                self.judge(found[quarter]).verdict.status
                for (region_id, kind, _), found in self.by_slice.items()
                if region_id == result.region_id and kind == SliceKind.STAGE and quarter in found
            )
        return Verdict(
            status=status,
            forecast=NONE,
            confidence=verdict.confidence,
            is_provisional=verdict.is_provisional,
        )

    def _ends_on(self, result: Measured) -> dt.date:
        return self.shared.calendar[self.shared.quarters[result.period_id]].ends_on

    def _baseline(self, result: Measured) -> Baseline | None:
        """A baseline serves the quarters whose definition it is of."""
        key = (result.indicator_id, result.region_id, result.slice_kind, result.slice_value)
        definition = self.definition.at(self.shared.quarters[result.period_id])
        return next((b for b in reversed(self.shared.baselines.get(key, [])) if definition.is_base(b)), None)

    def _baseline_value(self, baseline: Baseline | None) -> Fraction | None:
        """A baseline without denominator is the value itself, else a quotient in the indicator's unit."""
        if baseline is None:
            return None
        if baseline.denominator is None:
            return exact(baseline.numerator)
        return Fraction(baseline.numerator) / Fraction(baseline.denominator) * self.definition.scale

    def _earlier(self, result: Measured) -> list[Measured]:
        """Return the results of earlier due quarters of the same slice, in order."""
        as_of = self.shared.quarter(result.as_of_id) or 0
        found = self.by_slice[result.region_id, result.slice_kind, result.slice_value]
        return [found[quarter] for quarter in self.definition.due_until(as_of - 1) if quarter in found]

    def _course(self, result: Measured) -> Course:
        """Return what was measured before: this year's earlier due quarters and the whole year before.

        Quarters of another definition measured something else.
        """
        now = self.shared.quarters[result.period_id]
        values, partial = {}, set()
        for earlier in self._earlier(result):
            quarter, statistics = self.shared.quarters[earlier.period_id], self.statistics[earlier.pk]
            if not self.definition.is_like(quarter, now):
                continue
            value = self._value(earlier.pk)
            if value is not None:
                values[quarter] = value
            if not statistics.is_complete:
                partial.add(quarter)
        key = (result.region_id, result.slice_kind, result.slice_value)
        last_year = self.shared.last_year.values(self.definition.at(now), key)
        return Course(this_year=values, last_year=last_year, partial=frozenset(partial))

    def _value(self, pk: int) -> Fraction | None:
        if pk not in self._values:
            self._values[pk] = self.definition.subject.value(self.statistics[pk])
        return self._values[pk]

    def _recovered_from(self, result: Measured, verdict: Verdict) -> int | None:
        """Return the last quarter that was off track before a light that is good again."""
        if verdict.status not in GOOD:
            return None
        missed = [
            self.shared.quarters[earlier.period_id]
            for earlier in self._earlier(result)
            if self.judge(earlier).verdict.status is Status.OFF_TRACK
        ]
        return missed[-1] if missed else None

    def _earlier_incomplete(self, result: Measured) -> bool:
        if self.definition.indicator.accumulation != Accumulation.FLOW:
            return False
        return any(not self.statistics[earlier.pk].is_complete for earlier in self._earlier(result))


def aim_of(revision: TargetRevision | None, schedule: Schedule = EVEN) -> Aim | None:
    """Return a revision as exact numbers, with the schedule in force."""
    if revision is None:
        return None
    return Aim(
        operator=revision.operator,
        value=exact(revision.value),
        value_max=exact(revision.value_max),
        level=revision.level,
        due_on=revision.due_on,
        schedule=schedule,
    )
