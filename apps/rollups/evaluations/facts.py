"""What an evaluation reads: schools, accepted facts, results. A constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Max, Q

from apps.accounts.models import User
from apps.collection.models import Assignment, DataValue, Period
from apps.organisations.enums import Stage
from apps.organisations.models import Organisation, SchoolProfile, SchoolStage
from apps.plans.enums import SliceKind
from apps.plans.models import AnnualPlan, Indicator
from apps.rollups import definitions
from apps.rollups.evaluations.checks import Figure, Found
from apps.rollups.evaluations.models import EvaluationFinding, RuleConfirmation
from apps.rollups.evaluations.rules import Evaluation
from apps.rollups.evaluations.standing import Fact, School
from apps.rollups.models import Result
from apps.rollups.suppression import hides_total, viewer_of

FactKey = tuple[int, int, str, str]  # quarter, organisation, stage, element


@dataclass(frozen=True)
class Roll:
    """The schools an evaluation speaks of on a date, with their names."""

    schools: list[School]
    organisations: dict[int, Organisation]
    quarters: dict[str, int]


def roll_of(
    plan: AnnualPlan, evaluation: Evaluation, *, quarter: int, on: dt.date, only: int | None = None
) -> Roll:
    """Return the schools of the evaluation that are open on `on`, with the facts of each rule's own quarter.

    A rule is read from the latest quarter, until `quarter`, in which its numerator is asked.

    Args:
        only: a school, where its own people read (four queries in all).
    """
    held = Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    profiles = SchoolProfile.objects.filter(
        held,
        organisation__region__ancestor_links__ancestor=plan.region_id,
        organisation__opened_on__lte=on,
        school_type__in=evaluation.types,
    ).filter(Q(organisation__closed_on__isnull=True) | Q(organisation__closed_on__gt=on))
    if only is not None:
        profiles = profiles.filter(organisation=only)
    profiles = profiles.select_related("organisation").order_by(
        "organisation__sort_key", "organisation__code"
    )
    taught: dict[int, list[str]] = defaultdict(list)
    stages = SchoolStage.objects.filter(
        held, organisation__in=profiles.values("organisation"), stage__in=evaluation.stages
    )
    for row in stages:
        taught[row.organisation_id].append(row.stage)
    quarters = _quarters(plan, evaluation, quarter)
    facts = _facts(plan, evaluation, quarters, only)
    schools = [
        School(
            organisation_id=profile.organisation_id,
            stage=stage,
            school_type=profile.school_type,
            type_code=profile.type_code,
            ownership=profile.ownership,
            setting=profile.setting,
            facts=_facts_of(evaluation, quarters, facts, profile.organisation_id, stage),
        )
        for profile in profiles
        for stage in sorted(taught[profile.organisation_id], key=evaluation.stages.index)
    ]
    return Roll(schools, {row.organisation_id: row.organisation for row in profiles}, quarters)


def _quarters(plan: AnnualPlan, evaluation: Evaluation, quarter: int) -> dict[str, int]:
    """Return the quarter in which each fact was last asked."""
    rows = (
        Assignment.objects.filter(
            period__plan=plan,
            period__quarter__lte=quarter,
            element__code__in=evaluation.elements,
            withdrawn_on__isnull=True,
            stage__in=[*evaluation.stages, Stage.WHOLE],
        )
        .values("element__code")
        .annotate(last=Max("period__quarter"))
    )
    return {row["element__code"]: row["last"] for row in rows}


def _facts(
    plan: AnnualPlan, evaluation: Evaluation, quarters: Mapping[str, int], only: int | None
) -> dict[FactKey, Fact]:
    owed = Assignment.objects.filter(
        period__plan=plan,
        period__quarter__in=set(quarters.values()),
        element__code__in=evaluation.elements,
        withdrawn_on__isnull=True,
    )
    given = DataValue.objects.filter(
        submission__period__plan=plan,
        submission__period__quarter__in=set(quarters.values()),
        element__code__in=evaluation.elements,
        accepted_at__isnull=False,
    )
    if only is not None:
        owed, given = owed.filter(organisation=only), given.filter(submission__organisation=only)
    facts = {
        key: Fact()
        for key in owed.values_list("period__quarter", "organisation_id", "stage", "element__code")
    }
    columns = ("submission__period__quarter", "submission__organisation_id", "stage", "element__code")
    for *key, number, is_excused, reason in given.values_list(
        *columns, "accepted_number", "accepted_not_applicable", "reason"
    ):
        if tuple(key) in facts:
            exact = None if number is None else Fraction(number)
            facts[tuple(key)] = Fact(exact, is_excused, reason if is_excused else "")  # type: ignore[index]
    return facts


def _facts_of(
    evaluation: Evaluation,
    quarters: Mapping[str, int],
    facts: Mapping[FactKey, Fact],
    organisation_id: int,
    stage: str,
) -> dict[tuple[str, str], Fact]:
    found = {}
    for rule in evaluation.school_rules:
        quarter = quarters.get(rule.numerator)
        if quarter is None:
            continue
        for element in rule.elements:
            if rule.is_whole_school:
                fact = _whole(facts.get((quarter, organisation_id, one, element)) for one in Stage.values)
            else:
                fact = facts.get((quarter, organisation_id, stage, element)) or facts.get(
                    (quarter, organisation_id, Stage.WHOLE, element)
                )
            if fact is not None:
                found[rule.code, element] = fact
    return found


def _whole(parts: Iterable[Fact | None]) -> Fact | None:
    """Return the sum over a school's stages; missing while one of them is."""
    owed = [part for part in parts if part is not None and not part.is_excused]
    if not owed:
        return None
    numbers = [part.number for part in owed if part.number is not None]
    return Fact(sum(numbers, Fraction(0))) if len(numbers) == len(owed) else Fact()


def figures_of(plan: AnnualPlan, evaluation: Evaluation, *, quarter: int, user: User) -> dict[str, Figure]:
    """Return the district's figures of the indicators that checks compare, small cells hidden."""
    codes = {check.indicator for check in evaluation.checks if check.indicator and check.limit is not None}
    visible = Indicator.objects.visible_to(user).asked().filter(plan=plan, code__in=codes)
    ids = {indicator.pk for indicator in visible}
    loaded = definitions.load(plan=plan, indicator_ids=ids) if ids else []
    results = {
        result.indicator_id: result
        for result in Result.objects.filter(
            plan=plan,
            region=plan.region_id,
            period__quarter=quarter,
            slice_kind=SliceKind.ALL,
            indicator__in=ids,
        )
    }
    viewer = viewer_of(user, threshold=plan.policy.small_cell_threshold)
    figures = {}
    for definition in loaded:
        result = results.get(definition.indicator.pk)
        if result is None or result.as_of_id is None:
            figures[definition.indicator.code] = Figure(None, is_due=False)
            continue
        statistics = definitions.statistics_of(result)
        figures[definition.indicator.code] = Figure(
            value=definition.subject.value(statistics),
            n_known=statistics.n_reported,
            n_expected=statistics.n_expected,
            is_hidden=hides_total(definition.indicator, result.numerator, result.denominator, viewer),
        )
    return figures


def findings_of(plan: AnnualPlan, evaluation: Evaluation) -> dict[str, EvaluationFinding]:
    """Return what the offices found, by code."""
    rows = EvaluationFinding.objects.filter(plan=plan, evaluation=evaluation.key)
    return {row.code: row for row in rows.select_related("office", "recorded_by", "checked_by")}


def found_of(finding: EvaluationFinding) -> Found:
    """Return a finding as the rules read it."""
    return Found(
        meets=finding.meets,
        number=None if finding.number is None else Fraction(finding.number),
        is_checked=finding.is_agreed,
        is_returned=finding.is_returned,
    )


def confirmations_of(plan: AnnualPlan, evaluation: Evaluation) -> dict[str, RuleConfirmation]:
    """Return the bureau's words on rules that are as they were then, by code."""
    rows = RuleConfirmation.objects.filter(plan=plan, evaluation=evaluation.key).select_related("decided_by")
    digests = {check.code: check.digest for check in evaluation.checks}
    return {row.code: row for row in rows if digests.get(row.code) == row.digest}


def default_quarter(periods: Mapping[int, Period], today: dt.date) -> int:
    """Return the latest quarter whose reporting has opened, the first one before that."""
    return max((period.quarter for period in periods.values() if period.opens_on <= today), default=1)
