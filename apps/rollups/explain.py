"""How a number came about: its formula with the sums, the units in and out, the target, the judgement.

What a reader may see of it is decided in `explain_readers`. Without a reader (the command line) nothing is
hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from django.core.exceptions import PermissionDenied

from apps.accounts.models import User
from apps.collection.models import Period
from apps.core import clock
from apps.organisations.models import Region
from apps.plans.enums import SliceKind
from apps.plans.models import Baseline, Indicator, TargetRevision
from apps.rollups import definitions
from apps.rollups.aggregates import Statistics, exact
from apps.rollups.bench import Bench, Judged, circumstances
from apps.rollups.definitions import Definition, statistics_of
from apps.rollups.explain_readers import for_reader
from apps.rollups.explain_units import Reading, UnitRow, in_slice
from apps.rollups.judging import Verdict
from apps.rollups.ledger import Ledger
from apps.rollups.models import Result


@dataclass(frozen=True)
class Explanation:
    """Everything behind one result; `explain_words` puts it into sentences.

    `included` and `excluded` hold a row for each unit and quarter; school people get their school's only.
    `n_included` and `n_excluded` count them all. `is_in_step` is False while a refresh is still under way.
    """

    indicator: Indicator
    definition: Definition
    period: Period
    region: Region
    slice_kind: str
    slice_value: str
    as_of: Period | None
    statistics: Statistics
    threshold: Fraction | None
    verdict: Verdict
    revision: TargetRevision | None
    baseline: Baseline | None
    included: list[UnitRow]
    excluded: list[UnitRow]
    n_included: int
    n_excluded: int
    is_in_step: bool
    is_hidden: bool = False

    @property
    def quote(self) -> str:
        """Return the sentence of the plan, verbatim."""
        return self.indicator.source_quote


class NotComputedError(LookupError):
    """There is no result for this indicator, quarter, region and slice."""


def explain(
    *,
    indicator: Indicator,
    period: Period,
    region: Region | None = None,
    slice_kind: str = SliceKind.ALL,
    slice_value: str = "",
    viewer: User | None = None,
) -> Explanation:
    """Explain one result to a reader (None: to whoever runs the machine), in a constant number of queries.

    Raises:
        NotComputedError: nothing has been computed for it.
        PermissionDenied: the reader may not know of the indicator.
    """
    if viewer is not None and not Indicator.objects.visible_to(viewer).filter(pk=indicator.pk).exists():
        raise PermissionDenied
    plan = indicator.plan
    region = region or plan.region
    definition = definitions.load(plan=plan, indicator_ids=[indicator.pk])[0].at(period.quarter)
    results = list(Result.objects.filter(indicator=indicator, region=region).select_related("as_of"))
    wanted = (period.pk, slice_kind, slice_value)
    result = next((r for r in results if (r.period_id, r.slice_kind, r.slice_value) == wanted), None)
    if result is None:
        raise NotComputedError(f"{indicator.code} Q{period.quarter} {slice_kind} {slice_value}".rstrip())
    shared = circumstances(plan=plan, indicator_ids=[indicator.pk])
    judged = Bench(definition, shared, results).judge(result)
    rows = in_slice(_rows(definition, result, region), slice_kind, slice_value)
    explanation = _assembled(definition, result, period, region, judged, rows)
    return explanation if viewer is None else for_reader(explanation, results, viewer)


def _rows(definition: Definition, result: Result, region: Region) -> list[UnitRow]:
    if result.as_of is None:
        return []
    periods = definitions.periods_of(definition.indicator.plan)
    due = [periods[q] for q in definition.due_until(result.as_of.quarter) if q in periods]
    sources = due if definition.is_flow else [result.as_of]
    ledger = Ledger(definition, sources=sources, region_id=region.pk)
    return list(Reading(ledger, result.as_of, result.threshold, clock.today()).rows())


def _assembled(
    definition: Definition,
    result: Result,
    period: Period,
    region: Region,
    judged: Judged,
    rows: list[UnitRow],
) -> Explanation:
    included = [row for row in rows if row.exclusion is None]
    excluded = [row for row in rows if row.exclusion is not None]
    statistics = statistics_of(result)
    return Explanation(
        indicator=definition.indicator,
        definition=definition,
        period=period,
        region=region,
        slice_kind=result.slice_kind,
        slice_value=result.slice_value,
        as_of=result.as_of,
        statistics=statistics,
        threshold=exact(result.threshold),
        verdict=judged.verdict,
        revision=judged.revision,
        baseline=judged.baseline,
        included=included,
        excluded=excluded,
        n_included=len(included),
        n_excluded=len(excluded),
        is_in_step=_sums(included) == (statistics.numerator, statistics.denominator),
    )


def _sums(included: list[UnitRow]) -> tuple[Fraction | None, Fraction | None]:
    above = [Fraction(row.numerator) for row in included if row.numerator is not None]
    below = [Fraction(row.denominator) for row in included if row.denominator is not None]
    return (sum(above, Fraction(0)) if above else None, sum(below, Fraction(0)) if below else None)
