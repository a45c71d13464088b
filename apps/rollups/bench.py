"""Where results are judged: each with its target revision, baseline, earlier quarters and stages."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction

from apps.core import clock
from apps.plans.enums import Accumulation, SliceKind, TargetLevel
from apps.plans.models import AnnualPlan, Baseline, PlanPolicy, TargetRevision
from apps.rollups import definitions
from apps.rollups.aggregates import exact
from apps.rollups.definitions import Definition, statistics_of
from apps.rollups.enums import Status
from apps.rollups.judging import Verdict, judge, worst
from apps.rollups.models import Result
from apps.rollups.subjects import Aim, Moment, QuarterDates

Slice = tuple[int, str, str]


@dataclass(frozen=True)
class Circumstances:
    """What all judgements of a plan share."""

    plan: AnnualPlan
    today: dt.date
    ratio: Fraction
    quarters: dict[int, int]
    calendar: dict[int, QuarterDates]
    baselines: dict[tuple[int, int, str, str], Baseline]

    def quarter(self, period_id: int | None) -> int | None:
        return None if period_id is None else self.quarters[period_id]


def circumstances(*, plan: AnnualPlan, indicator_ids: Collection[int]) -> Circumstances:
    """Load what judgements depend on beside results and targets (four queries at most)."""
    periods = definitions.periods_of(plan)
    ratio = PlanPolicy.objects.filter(plan=plan).values_list("on_track_ratio", flat=True).first()
    current = Baseline.objects.filter(
        indicator__in=indicator_ids, superseded_at__isnull=True, locked_at__isnull=False
    )
    return Circumstances(
        plan=plan,
        today=clock.today(),
        ratio=Fraction(1) if ratio is None else Fraction(ratio),
        quarters={period.pk: quarter for quarter, period in periods.items()},
        calendar={quarter: QuarterDates(p.ends_on, p.due_on) for quarter, p in periods.items()},
        baselines={(b.indicator_id, b.region_id, b.slice_kind, b.slice_value): b for b in current},
    )


@dataclass(frozen=True)
class Judged:
    """A verdict with what it was held against."""

    verdict: Verdict
    revision: TargetRevision | None
    baseline: Baseline | None


class Bench:
    """Judges the results of one indicator, which must be all its results in the regions at hand."""

    def __init__(self, definition: Definition, shared: Circumstances, results: Iterable[Result]) -> None:
        self.definition = definition
        self.shared = shared
        self.statistics = {result.pk: statistics_of(result) for result in results}
        self.by_slice: dict[Slice, dict[int, Result]] = defaultdict(dict)
        for result in results:
            key = (result.region_id, result.slice_kind, result.slice_value)
            self.by_slice[key][shared.quarters[result.period_id]] = result

    def judge(self, result: Result) -> Judged:
        """Return the verdict on one result."""
        ends_on = self._ends_on(result)
        revision = self.definition.in_force(ends_on) if self._is_aimed_at(result) else None
        baseline = self._baseline(result)
        statistics = self.statistics[result.pk]
        quarter = self.shared.quarters[result.period_id]
        verdict = judge(
            self.definition.subject,
            statistics,
            aim=aim_of(revision),
            is_proposed=self._is_aimed_at(result) and self.definition.is_proposed(ends_on),
            baseline=self._baseline_value(baseline),
            previous=self._previous(result),
            earlier_incomplete=self._earlier_incomplete(result),
            moment=Moment(
                quarter=quarter,
                as_of=self.shared.quarter(result.as_of_id),
                today=self.shared.today,
                calendar=self.shared.calendar,
                on_track_ratio=self.shared.ratio,
            ),
        )
        if self.definition.is_dispersion and result.slice_kind != SliceKind.STAGE:
            verdict = self._stages_apart(result, verdict)
        return Judged(verdict, revision, baseline)

    def _is_aimed_at(self, result: Result) -> bool:
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

    def _stages_apart(self, result: Result, verdict: Verdict) -> Verdict:
        """A dispersion over several stages has no value; under a target it is what its worst stage is."""
        status = verdict.status
        if status not in (Status.NO_TARGET, Status.UNCONFIRMED, Status.NOT_DUE):
            quarter = self.shared.quarters[result.period_id]
            status = worst(
                self.judge(found[quarter]).verdict.status
                for (region_id, kind, _), found in self.by_slice.items()
                if region_id == result.region_id and kind == SliceKind.STAGE and quarter in found
            )
        return Verdict(status=status, is_provisional=verdict.is_provisional)

    def _ends_on(self, result: Result) -> dt.date:
        return self.shared.calendar[self.shared.quarters[result.period_id]].ends_on

    def _baseline(self, result: Result) -> Baseline | None:
        key = (result.indicator_id, result.region_id, result.slice_kind, result.slice_value)
        return self.shared.baselines.get(key)

    def _baseline_value(self, baseline: Baseline | None) -> Fraction | None:
        """A baseline without denominator is the value itself, else a quotient in the indicator's unit."""
        if baseline is None:
            return None
        if baseline.denominator is None:
            return exact(baseline.numerator)
        return Fraction(baseline.numerator) / Fraction(baseline.denominator) * self.definition.scale

    def _earlier(self, result: Result) -> list[Result]:
        """Return the results of earlier due quarters of the same slice, in order."""
        as_of = self.shared.quarter(result.as_of_id) or 0
        found = self.by_slice[result.region_id, result.slice_kind, result.slice_value]
        return [found[quarter] for quarter in self.definition.due_until(as_of - 1) if quarter in found]

    def _previous(self, result: Result) -> Fraction | None:
        values = [self.definition.subject.value(self.statistics[r.pk]) for r in self._earlier(result)]
        return next((value for value in reversed(values) if value is not None), None)

    def _earlier_incomplete(self, result: Result) -> bool:
        if self.definition.indicator.accumulation != Accumulation.FLOW:
            return False
        return any(not self.statistics[earlier.pk].is_complete for earlier in self._earlier(result))


def aim_of(revision: TargetRevision | None) -> Aim | None:
    """Return a revision as exact numbers."""
    if revision is None:
        return None
    return Aim(
        operator=revision.operator,
        value=exact(revision.value),
        value_max=exact(revision.value_max),
        level=revision.level,
        due_on=revision.due_on,
    )
