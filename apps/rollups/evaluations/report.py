"""One evaluation of one plan as it stands: the schools' rows and the answers to its checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apps.accounts.models import User
from apps.collection.models import Period
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan
from apps.rollups.evaluations import facts
from apps.rollups.evaluations.checks import Answer, Material, answers_of, worst_of
from apps.rollups.evaluations.enums import ItemState
from apps.rollups.evaluations.models import EvaluationFinding, RuleConfirmation
from apps.rollups.evaluations.rules import Evaluation, Group
from apps.rollups.evaluations.standing import Row, row_of

VETO = "veto"


@dataclass(frozen=True)
class Report:
    """An evaluation of a plan in a quarter. `quarters` says when each fact was last asked, by element."""

    plan: AnnualPlan
    evaluation: Evaluation
    quarter: int
    rows: Sequence[Row]
    organisations: Mapping[int, Organisation]
    quarters: Mapping[str, int]
    answers: Sequence[Answer]
    findings: Mapping[str, EvaluationFinding]
    confirmations: Mapping[str, RuleConfirmation]

    def answers_in(self, group: Group) -> list[Answer]:
        return [answer for answer in self.answers if answer.check.group == group.key]

    def items_in(self, group: Group) -> dict[int, str]:
        """Return how each numbered item of a group stands: as the worst of its checks."""
        states: dict[int, list[str]] = {}
        for answer in self.answers_in(group):
            states.setdefault(answer.check.item, []).append(answer.state)
        return {item: worst_of(found) for item, found in states.items()}

    @property
    def counts(self) -> Counter[str]:
        """How many checks stand how."""
        return Counter(answer.state for answer in self.answers)

    @property
    def failing(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.state == ItemState.FAILS]

    @property
    def vetoes(self) -> list[Answer]:
        """The vetoes that one failure has brought about; each blocks recognition alone."""
        return [answer for answer in self.failing if answer.check.group == VETO]

    @property
    def is_met(self) -> bool:
        """Every check is met or does not apply; anything unknown is not."""
        settled = {ItemState.MEETS, ItemState.NOT_APPLICABLE}
        return all(answer.state in settled for answer in self.answers)


def report_of(*, plan: AnnualPlan, evaluation: Evaluation, period: Period, user: User) -> Report:
    """Return the report of a quarter; people of a school get their own rows and no answers."""
    only = user.organisation_id if user.is_school_member else None
    roll = facts.roll_of(plan, evaluation, quarter=period.quarter, on=period.ends_on, only=only)
    rows = [row_of(evaluation, school) for school in roll.schools]
    findings, confirmations, answers = {}, {}, []
    if only is None:
        findings = facts.findings_of(plan, evaluation)
        confirmations = facts.confirmations_of(plan, evaluation)
        material = Material(
            rows=rows,
            figures=facts.figures_of(plan, evaluation, quarter=period.quarter, user=user),
            found={code: facts.found_of(finding) for code, finding in findings.items()},
            confirmed=frozenset(code for code, row in confirmations.items() if row.is_confirmed),
        )
        answers = answers_of(evaluation, material)
    return Report(
        plan=plan,
        evaluation=evaluation,
        quarter=period.quarter,
        rows=rows,
        organisations=roll.organisations,
        quarters=roll.quarters,
        answers=answers,
        findings=findings,
        confirmations=confirmations,
    )
