"""The tables of an evaluation: what its page shows, its CSV file and its workbook hold alike. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext, pgettext

from apps.dashboards import wording
from apps.dashboards.evaluations import words
from apps.dashboards.evaluations.page import EvaluationPage, local
from apps.dashboards.tables import Cell, Column, Table, count_cell, number_cell, text_cell
from apps.organisations.enums import Stage
from apps.rollups.evaluations.checks import Answer
from apps.rollups.evaluations.enums import Comparison
from apps.rollups.evaluations.rules import SchoolRule
from apps.rollups.evaluations.standing import Cell as Standing
from apps.rollups.evaluations.standing import Row, Verdict


def tables_of(page: EvaluationPage) -> dict[str, Table]:
    """Return the tables of a page by name; people of a school have those of their schools only."""
    found = {} if page.is_for_school else {"checks": checks_table(page)}
    found["schools"] = schools_table(page, page.matrix_rules, gettext("Schools and lines"))
    if page.other_rules:
        found["others"] = schools_table(page, page.other_rules, gettext("Other lines for schools"))
    return found


def checks_table(page: EvaluationPage) -> Table:
    """Return every check of the evaluation, dispersion among them."""
    columns = [
        Column(pgettext("evaluation", "Group"), 20),
        Column(gettext("No."), 6, numeric=True),
        Column(gettext("Item"), 48),
        Column(gettext("Stage"), 10),
        Column(pgettext("evaluation", "Standard"), 12),
        Column(gettext("As it stands"), 16, numeric=True),
        Column(gettext("Margin"), 20),
        Column(gettext("State"), 16),
        Column(gettext("Data"), 24),
        Column(gettext("Schools below the line"), 40),
        Column(gettext("Responsible office"), 16),
        Column(gettext("Basis"), 40),
        Column(gettext("Source"), 30),
    ]
    names = {group.key: local(group) for group in page.evaluation.groups}
    rows = [_check_row(page, names, answer) for answer in page.report.answers]
    return Table(gettext("Items"), columns, rows)


def _check_row(page: EvaluationPage, names: dict[str, str], answer: Answer) -> list[Cell]:
    check, office = answer.check, page.office_of(answer)
    finding = page.report.findings.get(check.code)
    return [
        text_cell(names[check.group]),
        count_cell(check.item),
        text_cell(local(check)),
        text_cell(Stage(check.stage).label if check.stage else "—"),
        text_cell(words.standard_words(check)),
        _value_cell(answer),
        text_cell(words.answer_margin(answer) or "—"),
        text_cell(words.sign_text(answer.state)),
        text_cell(words.coverage_words(answer) or "—"),
        text_cell(_names(page, answer.failing) or "—"),
        text_cell(wording.in_language(office) if office else "—"),
        text_cell(f"{finding.as_of.isoformat()} {finding.basis}" if finding else "—"),
        text_cell(check.source),
    ]


def _value_cell(answer: Answer) -> Cell:
    value, check = words.answer_value(answer), answer.check
    if value is None or check.limit is None:
        return text_cell(words.answer_words(answer))
    return number_cell(value, unit=check.unit, decimals=words.decimals_of(value))


def _names(page: EvaluationPage, rows: Sequence[Row]) -> str:
    return gettext(", ").join(dict.fromkeys(wording.in_language(page.school_of(row)) for row in rows))


def schools_table(page: EvaluationPage, rules: Sequence[SchoolRule], name: str) -> Table:
    """Return the matrix of schools and lines: for each line the value and the margin to it."""
    columns = [Column(gettext("School"), 30), Column(gettext("Stage"), 10)]
    for rule in rules:
        columns.append(Column(f"{local(rule, 'short')} {words.limits_words(rule)}", 14, numeric=True))
        if rule.operator != Comparison.FULFILLED:
            unit = wording.unit_word(rule.unit)
            columns.append(
                Column(
                    gettext("%(item)s: margin (%(unit)s)") % {"item": local(rule, "short"), "unit": unit},
                    14,
                    numeric=True,
                )
            )
    has_verdict = bool(page.evaluation.resource_rules) and list(rules) == page.matrix_rules
    if has_verdict:
        columns += [Column(gettext("Items met"), 8, numeric=True), Column(gettext("Six of seven"), 20)]
    rows = [_school_row(page, row, rules, has_verdict) for row in page.rows]
    return Table(name, columns, rows)


def _school_row(page: EvaluationPage, row: Row, rules: Sequence[SchoolRule], has_verdict: bool) -> list[Cell]:
    cells = [
        text_cell(wording.in_language(page.school_of(row))),
        text_cell(Stage(row.school.stage).label),
    ]
    for rule, standing in page.cells_of(row, rules):
        cells += _standing_cells(rule, standing)
    if has_verdict:
        cells += [
            count_cell(row.verdict.n_met if row.verdict else None),
            text_cell(verdict_words(row.verdict) if row.verdict else words.exclusion_words(row)),
        ]
    return cells


def _standing_cells(rule: SchoolRule, standing: Standing) -> list[Cell]:
    if rule.operator == Comparison.FULFILLED:
        return [text_cell(words.value_words(rule, standing))]
    value, margin = words.cell_value(rule, standing), words.cell_margin(rule, standing)
    return [
        number_cell(
            value,
            unit=rule.value_unit,
            decimals=0 if value is None else words.decimals_of(value),
            instead=words.value_words(rule, standing),
        ),
        number_cell(margin, decimals=0 if margin is None else words.decimals_of(margin)),
    ]


def verdict_words(verdict: Verdict) -> str:
    """Return a verdict as shape and word, with a badly missed item named as such."""
    text = words.sign_text(verdict.state)
    if verdict.under_least:
        return gettext("%(state)s (an item under 85%%)") % {"state": text}
    return text
