"""How the forecasts of stored years would have held: each made from what was there, beside what came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from apps.plans.enums import SliceKind
from apps.plans.models import AnnualPlan
from apps.rollups import definitions
from apps.rollups.bench import Bench, circumstances
from apps.rollups.definitions import Definition
from apps.rollups.enums import ForecastBasis
from apps.rollups.forecasts import Forecast, kind_of
from apps.rollups.models import Result


@dataclass(frozen=True)
class Trial:
    """One forecast of a year's last figure, made in `quarter`, beside the figure that came."""

    kind: str
    code: str
    year: int
    quarter: int
    forecast: Forecast
    actual: Fraction

    @property
    def error(self) -> Fraction | None:
        """How far off it was, as a share of what came; None without a forecast or where nothing came."""
        if self.forecast.value is None or self.actual == 0:
            return None
        return abs(self.forecast.value - self.actual) / abs(self.actual)

    @property
    def held(self) -> bool | None:
        """Whether what came lay in the interval, None without one."""
        low, high = self.forecast.low, self.forecast.high
        return None if low is None or high is None else low <= self.actual <= high


@dataclass(frozen=True)
class Score:
    """The trials of one kind of forecast added up; shares of 1, None where there is nothing to say."""

    kind: str
    n: int
    n_made: int
    mean_error: Fraction | None
    held: Fraction | None
    without: Counter[str]


def score(kind: str, trials: Sequence[Trial]) -> Score:
    """Return how the trials of one kind did."""
    errors = [trial.error for trial in trials if trial.error is not None]
    held = [trial.held for trial in trials if trial.held is not None]
    return Score(
        kind=kind,
        n=len(trials),
        n_made=sum(trial.forecast.is_known for trial in trials),
        mean_error=sum(errors, Fraction(0)) / len(errors) if errors else None,
        held=Fraction(sum(held), len(held)) if held else None,
        without=Counter(str(t.forecast.basis.value) for t in trials if not t.forecast.is_known),
    )


def trials_of(plans: Iterable[AnnualPlan]) -> Iterator[Trial]:
    """Yield the trials of all indicators of the plans whose last figure of the year is complete."""
    for plan in plans:
        loaded = definitions.load(plan=plan)
        shared = circumstances(plan=plan, indicator_ids=[one.indicator.pk for one in loaded])
        results = Result.objects.filter(plan=plan, region=plan.region_id, slice_kind=SliceKind.ALL)
        for definition in loaded:
            own = [result for result in results if result.indicator_id == definition.indicator.pk]
            yield from _trials(Bench(definition, shared, own), plan, definition)


def _trials(bench: Bench, plan: AnnualPlan, definition: Definition) -> Iterator[Trial]:
    """A year's course tells what came only once its last due quarter is fully reported."""
    measured = {
        bench.shared.quarters[result.period_id]: result
        for found in bench.by_slice.values()
        for result in found.values()
        if result.as_of_id == result.period_id
    }
    last = measured.pop(max(definition.indicator.due_quarters), None)
    actual = None if last is None else bench.judge(last).verdict
    if (
        last is None
        or actual is None
        or actual.value is None
        or actual.forecast.basis != ForecastBasis.COMPLETE
    ):
        return
    for quarter, result in sorted(measured.items()):
        if not definition.is_like(quarter, max(definition.indicator.due_quarters)):
            continue  # what came measures something else than what was foreseen
        yield Trial(
            kind=kind_of(definition.subject),
            code=definition.indicator.code,
            year=plan.year,
            quarter=quarter,
            forecast=bench.judge(result).verdict.forecast,
            actual=actual.value,
        )
