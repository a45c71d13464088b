"""Where an indicator stands in a quarter, and where it would stand with other numbers: nothing is saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from apps.collection.models import Period
from apps.organisations.models import Region
from apps.plans.enums import Aggregation, Kind
from apps.plans.models import Indicator
from apps.rollups import definitions
from apps.rollups.aggregates import Statistics
from apps.rollups.bench import Bench, Judged, aim_of, circumstances
from apps.rollups.decomposition import Amounts
from apps.rollups.definitions import Definition, statistics_of
from apps.rollups.levers import Need, line_of, need_of
from apps.rollups.models import Result
from apps.rollups.stored import Measured

COUNTED = (Aggregation.SHARE_TRUE, Aggregation.COUNT_TRUE)


@dataclass(frozen=True)
class Standing:
    """The result of a whole region in one quarter with all that its judgement rests on."""

    definition: Definition
    result: Result
    bench: Bench
    judged: Judged

    @property
    def statistics(self) -> Statistics:
        return statistics_of(self.result)

    @property
    def is_ratio(self) -> bool:
        """Tell whether the value is a quotient: Σn/Σd, or the share of schools that meet something."""
        aggregation = self.definition.indicator.aggregation
        return aggregation == Aggregation.SHARE_TRUE or bool(self.definition.indicator.denominator)

    @property
    def is_bounded(self) -> bool:
        """Tell whether the numerator is counted within the denominator: not of money or of two reporters."""
        if not self.is_ratio or self.definition.scale != 100 or self.definition.is_split:
            return False
        whole = self.whole
        within = whole is None or whole.numerator <= whole.denominator
        return within and self.definition.indicator.kind != Kind.AMOUNT

    @property
    def step(self) -> Fraction:
        """The smallest amount of the numerator: 1, or the last decimal that its facts are asked with."""
        if self.definition.indicator.aggregation in COUNTED:
            return Fraction(1)
        elements = self.definition.parts[0].elements
        return Fraction(1, 10 ** max((element.decimals for element in elements), default=0))

    @property
    def whole(self) -> Amounts | None:
        """The two numbers of the value, None while nothing is reported; of a count of schools n of n."""
        statistics = self.statistics
        if statistics.numerator is None:
            return None
        if self.definition.indicator.aggregation in COUNTED:
            return Amounts(Fraction(statistics.n_true), Fraction(statistics.n_reported))
        return Amounts(statistics.numerator, statistics.denominator or Fraction(0))

    @property
    def need(self) -> Need | None:
        """What is missing to the confirmed target; None without target, line, baseline or value."""
        aim, verdict, whole = aim_of(self.judged.revision), self.judged.verdict, self.whole
        if aim is None or verdict.value is None or whole is None:
            return None
        baseline = None if verdict.change is None else verdict.value - verdict.change
        line = line_of(self.definition.subject, aim, value=verdict.value, baseline=baseline)
        if line is None:
            return None
        scale = self.definition.scale
        return need_of(line, whole, scale=scale, is_ratio=self.is_ratio, step=self.step)

    def supposed(self, whole: Amounts) -> Judged:
        """Return the verdict if the whole were these two numbers: the same judging, other figures."""
        statistics = self.statistics
        if self.definition.indicator.aggregation in COUNTED:
            numbers = {"n_true": int(whole.numerator), "numerator": whole.numerator}
        elif self.is_ratio:
            numbers = {"numerator": whole.numerator, "denominator": whole.denominator}
        else:
            numbers = {"numerator": whole.numerator}
        bench = Bench(self.definition, self.bench.shared, self._results())
        bench.statistics[self.result.pk] = replace(statistics, **numbers)  # type: ignore[arg-type]
        return bench.judge(self.result)

    def _results(self) -> list[Measured]:
        return [result for found in self.bench.by_slice.values() for result in found.values()]


def standing_of(*, indicator: Indicator, period: Period, region: Region) -> Standing | None:
    """Return where an indicator stands, None while nothing is computed (a constant number of queries)."""
    definition = definitions.load(plan=indicator.plan, indicator_ids=[indicator.pk])[0].at(period.quarter)
    results = list(Result.objects.filter(indicator=indicator, region=region).select_related("as_of"))
    wanted = (period.pk, "all")
    result = next((row for row in results if (row.period_id, row.slice_kind) == wanted), None)
    if result is None:
        return None
    shared = circumstances(plan=indicator.plan, indicator_ids=[indicator.pk])
    bench = Bench(definition, shared, results)
    return Standing(definition, result, bench, bench.judge(result))
