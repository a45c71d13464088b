"""What an indicator's page says of the national evaluations: an item of one, or blocked by a veto."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.dashboards.evaluations.page import EvaluationPage, evaluation_page
from apps.dashboards.schools import SchoolPage
from apps.dashboards.selectors import Scope
from apps.plans.models import Indicator
from apps.rollups.evaluations.checks import Answer
from apps.rollups.evaluations.loading import evaluations
from apps.rollups.evaluations.rules import Check, Evaluation


@dataclass(frozen=True)
class Notice:
    """An evaluation that an indicator belongs to: the checks it answers, the vetoes that block it now."""

    evaluation: Evaluation
    checks: Sequence[Check]
    page: EvaluationPage | None = None
    vetoes: Sequence[Answer] = ()


def notices_for(scope: Scope, indicator: Indicator) -> list[Notice]:
    """Return the notices of an indicator; only one that a veto can block costs any query."""
    found = []
    for evaluation in evaluations().values():
        checks = [check for check in evaluation.checks if check.indicator == indicator.code]
        if evaluation.indicator == indicator.code:
            page = evaluation_page(scope, evaluation, None)
            found.append(Notice(evaluation, checks, page, page.report.vetoes if page else ()))
        elif checks or indicator.code in evaluation.also_in:
            found.append(Notice(evaluation, checks))
    return found


def evaluations_of(page: SchoolPage) -> list[Evaluation]:
    """Return the evaluations that speak of a school as it is now; none while there is no plan (no query)."""
    taught = {row.stage for row in page.school.stages.all() if row.valid_to is None}
    kind = page.profile.school_type if page.profile else ""
    if page.scope is None:
        return []
    return [one for one in evaluations().values() if kind in one.types and taught & set(one.stages)]
