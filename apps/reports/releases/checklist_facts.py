"""What the checklist of a quarter judges, read from the database as of one moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from django.db.models import F, Max, QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.enums import SubmissionStatus
from apps.collection.models import Period, Submission
from apps.core import clock
from apps.dashboards import selectors, wording
from apps.dashboards.overview import belongs_to
from apps.dashboards.readings import Reading
from apps.dashboards.selectors import Scope
from apps.plans.definitions.models import IndicatorRevision
from apps.plans.enums import Privacy
from apps.plans.measures.querysets import DONE
from apps.plans.models import AnnualPlan, Indicator, Measure, TargetRevision, TaskArea
from apps.reports.prose import own_numbers
from apps.reports.releases.checklist import Facts, Finding, InForce, Subject, findings_of
from apps.reports.releases.models import ReleaseText
from apps.rollups.evaluations.facts import confirmations_of
from apps.rollups.evaluations.loading import evaluations
from apps.rollups.models import RebuildRun, StaleResult
from apps.rollups.suppression import Viewer


def checklist_of(plan: AnnualPlan, *, quarter: int, by: User) -> list[Finding]:
    """Return the checklist of a quarter (a constant number of queries).

    Args:
        by: who asks; it is the same list for everybody.
    """
    return findings_of(facts_of(plan, quarter=quarter, by=by))


def facts_of(plan: AnnualPlan, *, quarter: int, by: User) -> Facts:
    """Read what the checklist judges."""
    periods = {period.quarter: period for period in Period.objects.filter(plan=plan)}
    period = periods.get(quarter)
    if period is None:
        return Facts(today=clock.today())
    indicators = list(selectors.with_parts(Indicator.objects.asked().filter(plan=plan)))
    run = RebuildRun.objects.filter(plan=plan).order_by("-started_at").first()
    scope = Scope(by, Viewer(True, frozenset(), plan.policy.small_cell_threshold), plan, quarter, periods)
    readings = selectors.readings_of(scope, indicators)
    return Facts(
        today=clock.today(),
        ends_on=period.ends_on,
        closes_on=period.closes_on,
        unreviewed=_returns(plan, quarter, SubmissionStatus.SUBMITTED),
        in_hand=_returns(plan, quarter, SubmissionStatus.RETURNED, SubmissionStatus.REOPENED),
        n_stale=StaleResult.objects.filter(indicator__plan=plan, period__quarter__lte=quarter).count(),
        is_rebuilding=run is not None and run.finished_at is None,
        n_differences=len(run.differences) if run else 0,
        targets=_targets(indicators, period),
        definitions=_definitions(indicators, quarter),
        readings=[(subject_of(row), readings[row.pk, quarter]) for row in indicators],
        hidden=_hidden(scope, indicators),
        overdue=_overdue(plan),
        rules=_rules(plan),
        own_numbers=_own_numbers(plan, quarter, indicators, readings),
    )


def _own_numbers(
    plan: AnnualPlan,
    quarter: int,
    indicators: Sequence[Indicator],
    readings: Mapping[tuple[int, int], Reading],
) -> list[Subject]:
    """Numbers that somebody typed into the bureau's own texts and that the data do not have."""
    texts = ReleaseText.objects.filter(plan=plan, quarter=quarter).select_related("area").order_by("pk")
    written = [text for text in texts if own_numbers.numbers_in(text.body)]
    if not written:
        return []
    areas = list(TaskArea.objects.filter(plan=plan))
    measures = list(Measure.objects.filter(area__plan=plan).values_list("name", "area_id"))
    per_area = Counter(area_id for _name, area_id in measures)
    groups = [[readings[row.pk, quarter] for row in indicators if belongs_to(row, area)] for area in areas]
    everything = [readings[row.pk, quarter] for row in indicators]
    names = [*(row.name for row in indicators), *(area.name for area in areas)]
    names += [name for name, _area in measures] + [str(n) for n in (len(areas), *per_area.values())]
    known = own_numbers.known_numbers(readings.values(), [everything, *groups], names)
    return [
        Subject(f"{_area_name(text.area)}: {number}")
        for text in written
        for number in own_numbers.unknown_in(text.body, known)
    ]


def _area_name(area: TaskArea | None) -> str:
    return f"{area.number}. {wording.in_language(area)}" if area else _("The whole district")


def subject_of(indicator: Indicator) -> Subject:
    """Return an indicator as a list names it."""
    is_restricted = indicator.privacy == Privacy.RESTRICTED
    name = f"{indicator.code} {wording.in_language(indicator)}"
    return Subject(name, indicator.lead_office_id if is_restricted else None)


def _returns(plan: AnnualPlan, quarter: int, *statuses: str) -> list[Subject]:
    rows = (
        Submission.objects.filter(period__plan=plan, period__quarter__lte=quarter, status__in=statuses)
        .select_related("organisation", "period")
        .order_by("period__quarter", "organisation__sort_key", "organisation__code")
    )
    return [
        Subject(
            _("%(name)s (%(quarter)s)")
            % {
                "name": wording.in_language(row.organisation),
                "quarter": wording.quarter_name(row.period.quarter),
            }
        )
        for row in rows
    ]


def _targets(indicators: Sequence[Indicator], period: Period) -> list[InForce]:
    by_pk = {indicator.pk: indicator for indicator in indicators}
    rows = TargetRevision.objects.filter(
        target__indicator__in=by_pk, confirmed_on__isnull=False, effective_from__lte=period.ends_on
    ).order_by("target", "number")
    return [
        InForce(subject_of(by_pk[pk]), day)
        for pk, day in rows.values_list("target__indicator", "effective_from")
    ]


def _definitions(indicators: Sequence[Indicator], quarter: int) -> list[Subject]:
    """A proposal that waits for its second person; one that a later proposal has replaced waits no more."""
    by_pk = {indicator.pk: indicator for indicator in indicators}
    newest: QuerySet[IndicatorRevision] = IndicatorRevision.objects.annotate(
        newest=Max("indicator__definition_revisions__number")
    ).filter(number=F("newest"))
    waiting = newest.filter(indicator__in=by_pk, confirmed_at__isnull=True, from_quarter__lte=quarter)
    return [subject_of(by_pk[pk]) for pk in waiting.order_by("indicator").values_list("indicator", flat=True)]


def _hidden(scope: Scope, indicators: Sequence[Indicator]) -> list[Subject]:
    """The figures of the whole that a report for circulation does not show."""
    small = [indicator for indicator in indicators if indicator.privacy == Privacy.SMALL_CELL]
    if not small:
        return []
    outside = Viewer(False, frozenset(), scope.viewer.threshold)
    open_scope = Scope(scope.user, outside, scope.plan, scope.quarter, scope.periods)
    readings = selectors.readings_of(open_scope, small)
    return [subject_of(row) for row in small if readings[row.pk, scope.quarter].is_hidden]


def _overdue(plan: AnnualPlan) -> list[Subject]:
    rows = Measure.objects.filter(area__plan=plan, due_on__lt=clock.today()).exclude(status__in=DONE)
    return [
        Subject(f"{row.code} {wording.in_language(row)}") for row in rows.order_by("area__number", "code")
    ]


def _rules(plan: AnnualPlan) -> list[Subject]:
    """Checks of national evaluations whose wording the bureau has not confirmed as it stands."""
    found = []
    for evaluation in evaluations().values():
        decided = confirmations_of(plan, evaluation)
        waiting = [row for row in evaluation.checks if row.to_confirm and row.code not in decided]
        found += [Subject(wording.in_language(row)) for row in waiting]
    return found
