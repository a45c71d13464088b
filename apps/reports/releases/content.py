"""Everything a quarter's reports need, read from the database once and put into plain data.

The shape (format 1): `head` (what it is), one list of rows for each table of `rows.FIELDS`, `units` (each
school's own figure of each indicator), `hidden` (what stays hidden with small numbers), `missing`, `paths`,
`returned`, `texts`. Figures are whole here; what an audience may not see is taken out by `edition`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from apps.accounts.models import User
from apps.collection.models import Period
from apps.core import clock
from apps.dashboards import selectors, units
from apps.dashboards.selectors import QUARTERS
from apps.dashboards.targets_text import exact_baseline
from apps.organisations.enums import OrganisationKind
from apps.organisations.models import Organisation
from apps.plans.definitions.rules import as_revised, revision_at
from apps.plans.enums import Privacy, SliceKind
from apps.plans.measures.models import MeasureStep
from apps.plans.models import (
    AnnualPlan,
    Baseline,
    DataElement,
    Indicator,
    IndicatorElement,
    IndicatorRevision,
    Measure,
    ReferenceLine,
    Target,
    TargetRevision,
    TaskArea,
)
from apps.plans.schedules.services import follows_schedule
from apps.reports.releases.models import ReleaseText
from apps.reports.releases.rows import Row, frozen, frozen_all, plain
from apps.rollups import definitions
from apps.rollups.bounds import Bounds
from apps.rollups.enums import BoundsBasis
from apps.rollups.expectation import expected_path
from apps.rollups.missing import Missing, missing_of
from apps.rollups.models import Judgement, Result
from apps.rollups.veils import OPEN, veils_of

FORMAT = 1
# Nothing is smaller than this: every school's own figure, for `hidden` to take out again.
OPEN_THRESHOLD = 0


def content_of(plan: AnnualPlan, *, quarter: int, version: int) -> dict[str, Any]:
    """Return the quarter as plain data; some two thousand queries at most, whatever the number of schools.

    Args:
        version: the number of the release; 0 for a draft.
    """
    indicators = _indicators(plan, quarter)
    areas = list(TaskArea.objects.filter(plan=plan).prefetch_related("supporting_offices").order_by("number"))
    measures = list(Measure.objects.filter(area__plan=plan).prefetch_related("supporting_offices"))
    results = list(_results(plan, indicators, quarter))
    baselines = selectors.comparable_baselines(
        Baseline.objects.all(), indicators, region=plan.region, quarter=quarter
    )
    return {
        "head": _head(plan, quarter, version),
        "region": frozen(plan.region),
        "plan": frozen(plan),
        "policy": frozen(plan.policy),
        "periods": frozen_all(Period.objects.filter(plan=plan)),
        "offices": frozen_all(_offices(plan)),
        "people": frozen_all(_people(areas, measures)),
        "areas": frozen_all(areas),
        "measures": frozen_all(measures),
        "steps": frozen_all(MeasureStep.objects.filter(measure__in=measures)),
        "baselines": frozen_all(baselines.values()),
        "results": frozen_all(results),
        "judgements": frozen_all(Judgement.objects.filter(result__in=results)),
        "schools": _schools(plan, quarter),
        "units": _units(plan, indicators, quarter),
        "hidden": _hidden(plan, indicators, quarter),
        "missing": _missing(plan, indicators, results, baselines, quarter),
        "paths": _paths(plan, indicators),
        "returned": [[*key, n] for key, n in sorted(selectors.returned_of(plan, indicators).items())],
        "supporting": _supporting(areas, measures),
        "texts": _texts(plan, quarter),
    } | _catalogue(indicators)


def _head(plan: AnnualPlan, quarter: int, version: int) -> Row:
    today = clock.today()
    return {
        "format": FORMAT,
        "year": plan.year,
        "quarter": quarter,
        "version": version,
        "business_date": today.isoformat(),
    }


def _indicators(plan: AnnualPlan, quarter: int) -> list[Indicator]:
    """Return all that is asked, restricted ones too, each as it is defined in the quarter."""
    asked = Indicator.objects.asked().filter(plan=plan)
    found = selectors.with_parts(asked).prefetch_related("supporting_offices", "definition_revisions")
    return [as_revised(indicator, _revision(indicator, quarter)) for indicator in found]


def _revision(indicator: Indicator, quarter: int) -> IndicatorRevision | None:
    due = [one for one in indicator.due_quarters if one <= quarter]
    return revision_at(list(indicator.definition_revisions.all()), max(due, default=quarter))


def _catalogue(indicators: Sequence[Indicator]) -> dict[str, Any]:
    pks = [indicator.pk for indicator in indicators]
    links = IndicatorElement.objects.filter(indicator__in=pks)
    targets = Target.objects.filter(indicator__in=pks)
    changed = IndicatorRevision.objects.filter(indicator__in=pks, confirmed_at__isnull=False)
    return {
        "indicators": frozen_all(indicators),
        "also_in": sorted([row.pk, area.pk] for row in indicators for area in row.also_in.all()),
        "indicator_supporting": sorted(
            [row.pk, office.pk] for row in indicators for office in row.supporting_offices.all()
        ),
        "links": frozen_all(links),
        "elements": frozen_all(DataElement.objects.filter(indicator_links__in=links).distinct()),
        "targets": frozen_all(targets),
        "target_revisions": frozen_all(TargetRevision.objects.filter(target__in=targets)),
        "references": frozen_all(ReferenceLine.objects.filter(indicator__in=pks)),
        "definition_changes": frozen_all(changed),
    }


def _results(plan: AnnualPlan, indicators: Sequence[Indicator], quarter: int) -> Iterable[Result]:
    """Return the whole region's results up to the quarter, and the slices of the quarter itself."""
    found = Result.objects.filter(
        plan=plan, region=plan.region, indicator__in=indicators, period__quarter__lte=quarter
    ).select_related("period", "as_of", "indicator__plan", "judgement")
    return [row for row in found if row.slice_kind == SliceKind.ALL or row.period.quarter == quarter]


def _offices(plan: AnnualPlan) -> Iterable[Organisation]:
    return Organisation.objects.filter(kind=OrganisationKind.OFFICE, region=plan.region)


def _people(areas: Iterable[TaskArea], measures: Iterable[Measure]) -> Iterable[User]:
    """Return whoever leads an area or a measure: names that the plan itself publishes."""
    pks = {row.lead_leader_id for row in areas} | {row.lead_leader_id for row in measures}
    return User.objects.filter(pk__in=pks - {None})


def _supporting(areas: Iterable[TaskArea], measures: Iterable[Measure]) -> dict[str, list[list[int]]]:
    return {
        "areas": sorted([row.pk, office.pk] for row in areas for office in row.supporting_offices.all()),
        "measures": sorted(
            [row.pk, office.pk] for row in measures for office in row.supporting_offices.all()
        ),
    }


def _schools(plan: AnnualPlan, quarter: int) -> list[Row]:
    """Return the schools of the region with what each was on the quarter's last day."""
    day = Period.objects.get(plan=plan, quarter=quarter).ends_on
    regions = plan.region.descendant_links.values("descendant_id")
    found = Organisation.objects.filter(kind=OrganisationKind.SCHOOL, region__in=regions, opened_on__lte=day)
    rows = []
    for school in found.prefetch_related("profiles", "stages").order_by("pk"):
        profile = next((row for row in school.profiles.all() if _is_valid(row, day)), None)
        stages = sorted(row.stage for row in school.stages.all() if _is_valid(row, day))
        rows.append(
            frozen(school)
            | {
                "name": profile.name if profile else school.name,
                "school_type": profile.school_type if profile else "",
                "ownership": profile.ownership if profile else "",
                "setting": profile.setting if profile else "",
                "stages": stages,
            }
        )
    return rows


def _is_valid(row: Any, day: dt.date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or row.valid_to > day)


def _units(plan: AnnualPlan, indicators: Sequence[Indicator], quarter: int) -> list[list[Any]]:
    """Return every school's own figure with whether it must stay hidden from others."""
    pks = [indicator.pk for indicator in indicators]
    hidden = {
        (unit.indicator_id, *unit.key)
        for unit in units.load(
            plan=plan,
            indicator_ids=[row.pk for row in indicators if row.privacy == Privacy.SMALL_CELL],
            quarter=quarter,
            threshold=plan.policy.small_cell_threshold,
        )
        if unit.is_hidden
    }
    found = units.load(plan=plan, indicator_ids=pks, quarter=quarter, threshold=OPEN_THRESHOLD)
    rows = [
        [
            unit.indicator_id,
            unit.organisation_id,
            unit.stage,
            unit.as_of_quarter,
            unit.is_reported,
            unit.is_excused,
            plain(unit.numerator),
            plain(unit.denominator),
            plain(unit.value),
            unit.unit,
            unit.decimals,
            (unit.indicator_id, *unit.key) in hidden,
        ]
        for unit in found
    ]
    return sorted(rows, key=lambda row: row[:3])


def _hidden(plan: AnnualPlan, indicators: Sequence[Indicator], quarter: int) -> list[list[Any]]:
    """Return the slices that stay hidden from everyone: indicator, kind, value."""
    small = [indicator.pk for indicator in indicators if indicator.privacy == Privacy.SMALL_CELL]
    if not small:
        return []
    veils = veils_of(
        plan=plan,
        loaded=definitions.load(plan=plan, indicator_ids=small),
        quarter=quarter,
        threshold=plan.policy.small_cell_threshold,
    )
    return sorted([pk, kind, value] for pk in small for kind, value in veils.get(pk, OPEN).current.slices)


def _missing(
    plan: AnnualPlan,
    indicators: Sequence[Indicator],
    results: Iterable[Result],
    baselines: dict[int, Baseline],
    quarter: int,
) -> list[Row]:
    """Return what the quarter's results of the whole region lack, where they lack anything."""
    by_pk = {indicator.pk: indicator for indicator in indicators}
    rows = []
    for result in results:
        if result.slice_kind != SliceKind.ALL or result.period.quarter != quarter:
            continue
        indicator = by_pk[result.indicator_id]
        baseline = exact_baseline(indicator, baselines.get(indicator.pk))
        found = missing_of(result, baseline=baseline)
        if found.bounds.basis != BoundsBasis.COMPLETE:
            rows.append(_missing_row(indicator.pk, found))
    return sorted(rows, key=lambda row: row["indicator_id"])


def _missing_row(pk: int, found: Missing) -> Row:
    bounds: Bounds = found.bounds
    return {
        "indicator_id": pk,
        "reasons": {str(reason): n for reason, n in found.reasons.items()},
        "basis": str(bounds.basis),
        "low": None if bounds.low is None else str(bounds.low),
        "high": None if bounds.high is None else str(bounds.high),
        "n_unknown": bounds.n_unknown,
        "decided": found.decided,
    }


def _paths(plan: AnnualPlan, indicators: Sequence[Indicator]) -> list[list[Any]]:
    """Return what schedules ask for: indicator, quarter, exact amount in the indicator's unit."""
    scheduled = [indicator.pk for indicator in indicators if follows_schedule(indicator)]
    rows = []
    for definition in definitions.load(plan=plan, indicator_ids=scheduled) if scheduled else ():
        path = expected_path(plan, definition)
        rows += [[definition.indicator.pk, one, str(path[one])] for one in QUARTERS if one in path]
    return sorted(rows)


def _texts(plan: AnnualPlan, quarter: int) -> list[Row]:
    """Return what the bureau has written itself, without what is empty."""
    found = ReleaseText.objects.filter(plan=plan, quarter=quarter).exclude(body="").select_related("area")
    rows = [
        {"kind": text.kind, "area": text.area.number if text.area else 0, "body": text.body} for text in found
    ]
    return sorted(rows, key=lambda row: (row["area"], row["kind"]))
