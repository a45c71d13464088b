"""What the page of one item shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.dashboards.evaluations.page import EvaluationPage, evaluation_page
from apps.dashboards.selectors import Scope
from apps.organisations.models import Organisation
from apps.rollups.evaluations.checks import Answer
from apps.rollups.evaluations.models import EvaluationFinding, RuleConfirmation
from apps.rollups.evaluations.permissions import checks_finding, confirms_rule, records_finding
from apps.rollups.evaluations.rules import Evaluation


@dataclass(frozen=True)
class ItemPage:
    """One check with its finding, what was found before, and what the reader may do."""

    scope: Scope
    whole: EvaluationPage
    answer: Answer
    history: Sequence[Any]
    may_record: bool
    may_check: bool
    may_decide: bool

    @property
    def evaluation(self) -> Evaluation:
        return self.whole.evaluation

    @property
    def finding(self) -> EvaluationFinding | None:
        return self.whole.report.findings.get(self.answer.check.code)

    @property
    def confirmation(self) -> RuleConfirmation | None:
        return self.whole.report.confirmations.get(self.answer.check.code)

    @property
    def office(self) -> Organisation | None:
        return self.whole.office_of(self.answer)


def item_page(scope: Scope, evaluation: Evaluation, code: str) -> ItemPage | None:
    """Return the page of a check, None when there is none of that code or the plan has no quarters."""
    whole = evaluation_page(scope, evaluation, None)
    if whole is None:
        return None
    answer = next((one for one in whole.report.answers if one.check.code == code), None)
    if answer is None:
        return None
    check, finding = answer.check, whole.report.findings.get(code)
    thing = (scope.plan, check)
    waits = finding is not None and finding.checked_on is None
    own = finding is not None and finding.recorded_by_id == scope.user.pk
    return ItemPage(
        scope=scope,
        whole=whole,
        answer=answer,
        history=_history(scope, evaluation, code),
        may_record=check.is_recorded and records_finding(scope.user, thing),
        may_check=waits and not own and checks_finding(scope.user, thing),
        may_decide=check.to_confirm and confirms_rule(scope.user, thing),
    )


def _history(scope: Scope, evaluation: Evaluation, code: str) -> list[Any]:
    """Every word said about it, the newest first."""
    events = EvaluationFinding.history.rel.related_model.objects  # type: ignore[attr-defined]
    rows = events.filter(plan=scope.plan, evaluation=evaluation.key, code=code)
    return list(rows.select_related("recorded_by", "checked_by", "office").order_by("-pgh_id"))
