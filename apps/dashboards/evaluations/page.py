"""What the page of an evaluation shows, for the screen and for its files alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.dashboards.evaluations import words
from apps.dashboards.selectors import Scope
from apps.organisations.enums import Ownership, Setting, Stage
from apps.organisations.models import Organisation
from apps.rollups.evaluations.checks import ORDER, Answer
from apps.rollups.evaluations.enums import CheckKind, ItemState
from apps.rollups.evaluations.permissions import office_code
from apps.rollups.evaluations.report import Report, report_of
from apps.rollups.evaluations.rules import Evaluation, Group, SchoolRule
from apps.rollups.evaluations.standing import Cell, Row

EVERY = ("", _("All"))
SHOWN_STATES = (ItemState.FAILS, ItemState.MISSING, ItemState.MEETS)


class SchoolFilter(forms.Form):
    """Which schools the matrix shows; what cannot be read narrows nothing."""

    q = forms.CharField(label=_("School"), required=False, max_length=60)
    stage = forms.ChoiceField(label=_("Stage"), required=False)
    setting = forms.ChoiceField(label=_("Urban or rural"), required=False, choices=[EVERY, *Setting.choices])
    ownership = forms.ChoiceField(label=_("Ownership"), required=False, choices=[EVERY, *Ownership.choices])
    rule = forms.ChoiceField(label=_("Line"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[EVERY, *((state.value, state.label) for state in SHOWN_STATES)],
    )

    def __init__(self, *args: Any, evaluation: Evaluation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stage: Any = self.fields["stage"]
        stage.choices = [EVERY, *((one, Stage(one).label) for one in evaluation.stages)]
        rule: Any = self.fields["rule"]
        rule.choices = [EVERY, *((one.code, local(one)) for one in evaluation.school_rules)]
        if len(evaluation.stages) == 1:
            del self.fields["stage"]

    def lets_through(self, row: Row, school: Organisation) -> bool:
        """Tell whether a row fits."""
        given = self.cleaned_data if self.is_valid() else {}
        named = given.get("q", "").strip()
        own = row.school
        return (
            (not named or named in school.name or school.code.startswith(named))
            and given.get("stage", "") in ("", own.stage)
            and given.get("setting", "") in ("", own.setting)
            and given.get("ownership", "") in ("", own.ownership)
            and self._has_state(row, given.get("rule", ""), given.get("state", ""))
        )

    def _has_state(self, row: Row, code: str, state: str) -> bool:
        """Without a line the state is that of the verdict, or of any line where there is none."""
        if not state:
            return not code or row.cells[code].state != ItemState.NOT_APPLICABLE
        if code:
            return row.cells[code].state == state
        if row.verdict:
            return row.verdict.state == state
        found = [cell.state for cell in row.cells.values() if cell.state != ItemState.NOT_APPLICABLE]
        return all(one == state for one in found) if state == ItemState.MEETS else state in found


def local(thing: Any, attribute: str = "name") -> str:
    """Return a rule's words in the reader's language."""
    return words.wording.in_language(thing, attribute)


@dataclass(frozen=True)
class DispersionRow:
    """One resource with its dispersion by stage."""

    rule: SchoolRule
    answers: Sequence[Answer]


@dataclass(frozen=True)
class GroupOf:
    """A group of checks with how its numbered items stand."""

    group: Group
    answers: Sequence[Answer]
    items: Mapping[int, str]

    @property
    def n_items(self) -> int:
        return len(self.items)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many items stand how, the worst first."""
        states = list(self.items.values())
        return [(state, states.count(state)) for state in ORDER if state in states]


@dataclass(frozen=True)
class EvaluationPage:
    """One evaluation in one quarter, its schools narrowed by the filter."""

    scope: Scope
    report: Report
    filter: SchoolFilter
    rows: Sequence[Row]
    offices: Mapping[str, Organisation]

    @property
    def evaluation(self) -> Evaluation:
        return self.report.evaluation

    @property
    def is_for_school(self) -> bool:
        """People of a school read their own rows only."""
        return self.scope.user.is_school_member

    @property
    def groups(self) -> list[GroupOf]:
        """The groups of the list; dispersion has a table of its own."""
        groups = []
        for group in self.evaluation.groups:
            answers = [
                answer
                for answer in self.report.answers_in(group)
                if answer.check.kind != CheckKind.DISPERSION
            ]
            groups.append(GroupOf(group, answers, self.report.items_in(group)))
        return groups

    @property
    def dispersions(self) -> list[DispersionRow]:
        answers = [answer for answer in self.report.answers if answer.check.kind == CheckKind.DISPERSION]
        return [
            DispersionRow(rule, [answer for answer in answers if answer.check.rule == rule.code])
            for rule in self.evaluation.resources
        ]

    @property
    def counts(self) -> list[tuple[str, int]]:
        counts = self.report.counts
        return [(state, counts[state]) for state in ORDER if counts[state]]

    @property
    def is_asked(self) -> bool:
        """Some fact of the schools has been asked until this quarter."""
        return bool(self.report.quarters)

    @property
    def has_stages(self) -> bool:
        """The stage of a row says something."""
        return len(self.evaluation.stages) > 1

    @property
    def matrix_rules(self) -> list[SchoolRule]:
        return list(self.evaluation.resources or self.evaluation.school_rules)

    @property
    def other_rules(self) -> list[SchoolRule]:
        return list(self.evaluation.other_rules) if self.evaluation.resources else []

    def school_of(self, row: Row) -> Organisation:
        return self.report.organisations[row.school.organisation_id]

    def cells_of(self, row: Row, rules: Sequence[SchoolRule]) -> list[tuple[SchoolRule, Cell]]:
        return [(rule, row.cells[rule.code]) for rule in rules]

    def office_of(self, answer: Answer) -> Organisation | None:
        """The office that answers for a check."""
        check = answer.check
        return self.offices.get(office_code(self.report.plan, check)) if check.office else None


def evaluation_page(scope: Scope, evaluation: Evaluation, given: Any) -> EvaluationPage | None:
    """Return the page of an evaluation; None while the plan has no quarters."""
    period = scope.period
    if period is None:
        return None
    report = report_of(plan=scope.plan, evaluation=evaluation, period=period, user=scope.user)
    form = SchoolFilter(given, evaluation=evaluation)
    codes = {office_code(scope.plan, check) for check in evaluation.checks if check.office}
    offices = Organisation.objects.filter(code__in=[] if scope.user.is_school_member else codes)
    return EvaluationPage(
        scope=scope,
        report=report,
        filter=form,
        rows=[
            row
            for row in report.rows
            if form.lets_through(row, report.organisations[row.school.organisation_id])
        ],
        offices={office.code: office for office in offices},
    )
