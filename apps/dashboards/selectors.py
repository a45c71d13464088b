"""What the pages read, scoped and hidden for one reader; constant numbers of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from apps.accounts.models import User
from apps.collection.enums import SubmissionStatus
from apps.collection.models import Assignment, Period
from apps.core import clock
from apps.dashboards.readings import Reading, absent, reading_of
from apps.dashboards.targets_text import exact_baseline
from apps.organisations.models import Region
from apps.plans.enums import Privacy, SliceKind, TargetLevel
from apps.plans.models import AnnualPlan, Baseline, Indicator, IndicatorRevision, Measure, TaskArea
from apps.plans.schedules.services import follows_schedule
from apps.rollups import definitions
from apps.rollups.bounds import Bounds
from apps.rollups.enums import BoundsBasis
from apps.rollups.expectation import expected_path
from apps.rollups.missing import Missing, missing_of
from apps.rollups.models import Result
from apps.rollups.suppression import (
    QuarterFigure,
    Viewer,
    hidden_quarters,
    viewer_of,
)
from apps.rollups.veils import OPEN, Veil, veils_of

QUARTERS = (1, 2, 3, 4)
NOTHING_MISSING = Missing({}, Bounds(BoundsBasis.COMPLETE))
ReadingKey = tuple[int, int]


@dataclass(frozen=True)
class Scope:
    """Who looks at which plan, region and quarter."""

    user: User
    viewer: Viewer
    plan: AnnualPlan
    quarter: int
    periods: dict[int, Period]

    @property
    def region(self) -> Region:
        return self.plan.region

    @property
    def quarter_text(self) -> str:
        """The quarter as an address writes it."""
        return str(self.quarter)

    @property
    def period(self) -> Period | None:
        return self.periods.get(self.quarter)


def plan_of(user: User, *, year: int) -> AnnualPlan | None:
    """Return the plan of a year that the user may see, that of the own region first."""
    plans = (
        AnnualPlan.objects.visible_to(user).filter(year=year).select_related("region", "policy").defer("text")
    )
    found = list(plans)
    return next((plan for plan in found if plan.region_id == user.region_id), found[0] if found else None)


def scope_of(user: User, *, plan: AnnualPlan, quarter: int | None = None) -> Scope:
    """Return the scope of a page; without a quarter the last one that has ended."""
    periods = {period.quarter: period for period in Period.objects.filter(plan=plan)}
    return Scope(
        user=user,
        viewer=viewer_of(user, threshold=plan.policy.small_cell_threshold),
        plan=plan,
        quarter=quarter or last_ended_quarter(periods.values(), today=clock.today()),
        periods=periods,
    )


def last_ended_quarter(periods: Iterable[Period], *, today: dt.date) -> int:
    """Return the latest quarter that is over on `today`, the first one before that."""
    return max((period.quarter for period in periods if period.ends_on < today), default=1)


def areas_in(scope: Scope) -> QuerySet[TaskArea]:
    """Return the plan's areas with their lead office and the numbers of their measures."""
    return (
        TaskArea.objects.filter(plan=scope.plan)
        .select_related("lead_office", "lead_leader")
        .annotate(n_measures=Count("measures"), n_done=Count("measures", filter=Q(measures__status="closed")))
        .order_by("number")
    )


def indicators_in(scope: Scope) -> QuerySet[Indicator]:
    """Return the indicators the bureau has switched on and the reader may know of."""
    return with_parts(Indicator.objects.visible_to(scope.user).asked().filter(plan=scope.plan))


def with_parts(indicators: QuerySet[Indicator]) -> QuerySet[Indicator]:
    """Return indicators in the plan's order with everything that a page says of them."""
    return (
        indicators.select_related("area", "lead_office", "target")
        .prefetch_related("target__revisions", "also_in", "reference_lines", "element_links__element")
        .order_by("area__number", "position", "code")
    )


def measures_of(area: TaskArea) -> QuerySet[Measure]:
    """Return an area's measures with their offices and steps."""
    related = ("lead_office", "lead_leader", "area__lead_leader")
    measures = Measure.objects.filter(area=area).select_related(*related)
    return measures.prefetch_related("supporting_offices", "steps").order_by("code")


def baselines_of(scope: Scope, indicators: Sequence[Indicator]) -> dict[int, Baseline]:
    """Return the current locked baseline of each indicator for the whole region, unless it is hidden."""
    shown = Baseline.objects.visible_to(scope.user)
    return comparable_baselines(shown, indicators, region=scope.region, quarter=scope.quarter)


def comparable_baselines(
    baselines: QuerySet[Baseline], indicators: Sequence[Indicator], *, region: Region, quarter: int
) -> dict[int, Baseline]:
    """Return the current locked one of each indicator for the whole region.

    One that was locked under another definition than the quarter has is no base for its figures.
    """
    found = baselines.filter(
        indicator__in=indicators,
        region=region,
        slice_kind=SliceKind.ALL,
        superseded_at__isnull=True,
        locked_at__isnull=False,
    )
    confirmed = IndicatorRevision.objects.filter(indicator=OuterRef("indicator"))
    found = found.exclude(
        Exists(
            confirmed.filter(
                Q(confirmed_at__gt=OuterRef("locked_at"), from_quarter__lte=quarter)
                | Q(confirmed_at__lte=OuterRef("locked_at"), from_quarter__gt=quarter)
            )
        )
    )
    return {baseline.indicator_id: baseline for baseline in found}


def readings_of(scope: Scope, indicators: Sequence[Indicator]) -> dict[ReadingKey, Reading]:
    """Return the region's reading of each indicator in each of the four quarters (three queries at most)."""
    results = _results(scope, indicators).filter(slice_kind=SliceKind.ALL)
    returned, today = returned_of(scope.plan, indicators), clock.today()
    stored = {(result.indicator_id, result.period.quarter): result for result in results}
    veiled = _veiled_baselines(scope, indicators)
    found: dict[ReadingKey, Reading] = {}
    for indicator in indicators:
        own = [
            reading_of(
                stored[indicator.pk, quarter],
                indicator=indicator,
                quarter=quarter,
                today=today,
                n_returned=returned.get((indicator.pk, quarter), 0),
            )
            if (indicator.pk, quarter) in stored
            else absent(indicator, quarter)
            for quarter in QUARTERS
        ]
        told = as_told(own, viewer=scope.viewer, is_veiled=indicator.pk in veiled)
        found |= {(indicator.pk, reading.quarter): reading for reading in told}
    return found


def as_told(own: Sequence[Reading], *, viewer: Viewer, is_veiled: bool) -> list[Reading]:
    """Return the readings of one indicator's quarters as a reader may see them. Pure.

    Args:
        is_veiled: the change would tell a baseline that is hidden from this reader.
    """
    hidden = hidden_quarters(own[0].indicator, _figures(own), viewer)
    told = [reading.hidden() if reading.as_of_quarter in hidden else reading for reading in own]
    return [reading.without_change() for reading in told] if is_veiled else told


def returned_of(plan: AnnualPlan, indicators: Sequence[Indicator]) -> dict[ReadingKey, int]:
    """Return in how many organisations' hands facts of an indicator are back for correction (one query)."""
    given_back = Assignment.objects.filter(
        withdrawn_on__isnull=True,
        period__plan=plan,
        element__indicator_links__indicator__in=indicators,
        organisation__submissions__period=F("period"),
        organisation__submissions__status__in=(SubmissionStatus.RETURNED, SubmissionStatus.REOPENED),
    )
    counted = given_back.values_list("element__indicator_links__indicator", "period__quarter")
    rows = counted.annotate(n=Count("organisation", distinct=True)).order_by()
    return {(indicator, quarter): n for indicator, quarter, n in rows}


def _figures(readings: Iterable[Reading]) -> dict[int, QuarterFigure]:
    """Return the figures by the quarter they are of; a carried one is that quarter's."""
    return {
        reading.as_of_quarter: QuarterFigure(
            reading.numerator, reading.denominator, is_fresh=reading.n_reported > 0
        )
        for reading in readings
        if reading.as_of_quarter is not None
    }


def _veiled_baselines(scope: Scope, indicators: Sequence[Indicator]) -> set[int]:
    """Return the indicators whose change would tell a hidden baseline (no query without small numbers)."""
    small = [row for row in indicators if row.privacy == Privacy.SMALL_CELL and not scope.viewer.owns(row)]
    if not small:
        return set()
    shown = baselines_of(scope, small)
    return {indicator.pk for indicator in small if indicator.pk not in shown}


def veil_of(scope: Scope, indicator: Indicator) -> Veil:
    """Return what of an indicator's parts stays hidden in the scope's quarter (no query where nothing is)."""
    if indicator.privacy != Privacy.SMALL_CELL:
        return OPEN
    found = veils_of(
        plan=scope.plan,
        loaded=definitions.load(plan=scope.plan, indicator_ids=[indicator.pk]),
        quarter=scope.quarter,
        threshold=scope.viewer.threshold,
    )
    return found.get(indicator.pk, OPEN)


def slices_of(scope: Scope, indicator: Indicator) -> dict[str, list[Reading]]:
    """Return the readings of the scope's quarter by kind of slice, small ones hidden."""
    results = (
        _results(scope, [indicator]).filter(period__quarter=scope.quarter).exclude(slice_kind=SliceKind.ALL)
    )
    veil = veil_of(scope, indicator)
    kinds: dict[str, list[Reading]] = defaultdict(list)
    for result in results:
        reading = reading_of(result, indicator=indicator, quarter=scope.quarter, today=clock.today())
        is_hidden = veil.hides_slice(result.slice_kind, result.slice_value)
        kinds[result.slice_kind].append(reading.hidden() if is_hidden else reading.without_change())
    return kinds


def _results(scope: Scope, indicators: Sequence[Indicator]) -> QuerySet[Result]:
    return Result.objects.filter(
        plan=scope.plan, region=scope.region, indicator__in=indicators
    ).select_related("period", "as_of", "judgement__target_revision")


def threshold_of(scope: Scope, indicator: Indicator) -> Decimal | None:
    """Return the line that every school must meet, in force at the end of the quarter."""
    target = getattr(indicator, "target", None)
    if target is None or scope.period is None:
        return None
    valid = [
        revision
        for revision in target.revisions.all()
        if revision.confirmed_on is not None and revision.effective_from <= scope.period.ends_on
    ]
    latest = max(valid, key=lambda revision: revision.number, default=None)
    return latest.value if latest and latest.level == TargetLevel.SCHOOL else None


def parts_of(scope: Scope, indicator: Indicator) -> list[Indicator]:
    """Return the other indicators that the same words of the plan set a target for ("双百": two of them)."""
    target = getattr(indicator, "target", None)
    if target is None or not target.source_text:
        return []
    same = indicators_in(scope).filter(target__source_text=target.source_text, area=indicator.area_id)
    return list(same.exclude(pk=indicator.pk))


def missing_in(scope: Scope, reading: Reading, baseline: Baseline | None) -> Missing:
    """Return what a reading of the scope's quarter lacks; nothing is asked when all reports are in."""
    if reading.is_hidden or reading.coverage in (None, 1):
        return NOTHING_MISSING
    indicator = reading.indicator
    result = (
        _results(scope, [indicator])
        .select_related("indicator__plan", "period", "as_of")
        .get(period__quarter=scope.quarter, slice_kind=SliceKind.ALL)
    )
    return missing_of(result, baseline=exact_baseline(indicator, baseline))


def path_of(scope: Scope, indicator: Indicator) -> dict[int, Fraction]:
    """Return what the schedule in force asks for by the end of each quarter; empty where none applies."""
    if not follows_schedule(indicator):
        return {}
    definition = definitions.load(plan=scope.plan, indicator_ids=[indicator.pk])[0]
    return expected_path(scope.plan, definition)


def generation_of(user: User, *, plan_id: int) -> int | None:
    """Return the generation of a plan the user may see (one query)."""
    return AnnualPlan.objects.visible_to(user).filter(pk=plan_id).values_list("generation", flat=True).first()
