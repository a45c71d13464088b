"""Template tags of the evaluations. `{% load evaluations %}`

{% item_light "fails" %}            the sign of a state; `only_shape=True` hides the word from sight
{{ page|school_of:row }}            the school of a row
{% cell rule standing %}            a school's value and its margin in one cell
{{ answer|standard }} {{ answer|value }} {{ answer|margin }} {{ answer|coverage }}
"""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.dashboards.evaluations import words
from apps.dashboards.evaluations.page import EvaluationPage
from apps.dashboards.evaluations.tables import verdict_words as verdict_text
from apps.organisations.enums import Stage
from apps.organisations.models import Organisation
from apps.rollups.evaluations.checks import Answer
from apps.rollups.evaluations.enums import ItemState
from apps.rollups.evaluations.rules import SchoolRule
from apps.rollups.evaluations.standing import Cell, Row

register = template.Library()
SHOWN_SHAPES = (ItemState.FAILS,)


@register.simple_tag
def item_light(state: str, count: int | None = None) -> SafeString:
    """Return shape, word and colour of a state, perhaps with how many there are of it."""
    sign = words.SIGNS[state]
    word = sign.word if count is None else format_html('{} <span class="num">{}</span>', sign.word, count)
    return format_html(
        '<span class="light light--{}"><span class="light__shape" aria-hidden="true">{}</span>{}</span>',
        sign.css,
        sign.shape,
        word,
    )


@register.simple_tag
def cell(rule: SchoolRule, standing: Cell) -> SafeString:
    """Return a school's value with the margin below it; a failure carries its shape and its word."""
    margin = words.margin_words(rule, standing)
    if standing.state not in (ItemState.MEETS, ItemState.FAILS):
        return format_html(
            '<span class="text-quiet small"{}>{}</span>',
            format_html(' title="{}"', standing.reason) if standing.reason else "",
            words.value_words(rule, standing),
        )
    sign = words.SIGNS[standing.state]
    mark = format_html(
        '<span class="light light--{}"><span class="light__shape" aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{} </span></span>',
        sign.css,
        sign.shape,
        sign.word,
    )
    return format_html(
        '{}<span class="standing__value">{}</span>{}',
        mark if standing.state in SHOWN_SHAPES else "",
        words.value_words(rule, standing),
        format_html('<span class="standing__margin">{}</span>', margin) if margin else "",
    )


@register.simple_tag
def line(rule: SchoolRule, standing: Cell) -> str:
    """Return the line that a school is held against, empty where the rule does not speak of it."""
    return words.line_words(rule, standing)


@register.filter
def school_of(page: EvaluationPage, row: Row) -> Organisation:
    """Return the school of a row."""
    return page.school_of(row)


@register.simple_tag
def cells_of(page: EvaluationPage, row: Row, rules: Any) -> list[tuple[SchoolRule, Cell]]:
    """Return a row's cells with their rules."""
    return page.cells_of(row, rules)


@register.filter
def office_of(page: EvaluationPage, answer: Answer) -> Organisation | None:
    """Return the office that answers for a check."""
    return page.office_of(answer)


@register.filter
def limit_lines(rule: SchoolRule) -> list[str]:
    """Return a rule's lines, one for each stage where they differ."""
    return words.limit_lines(rule)


@register.filter
def standard(answer: Answer) -> str:
    """Return the line of a check in words."""
    return words.standard_words(answer.check)


@register.filter
def value(answer: Answer) -> str:
    """Return the figure of an answer."""
    return words.answer_words(answer)


@register.filter
def margin(answer: Answer) -> str:
    """Return by how much a check is met or missed."""
    return words.answer_margin(answer)


@register.filter
def coverage(answer: Answer) -> str:
    """Return how many schools a provisional figure rests on."""
    return words.coverage_words(answer)


@register.filter
def verdict_words(row: Row) -> str:
    """Return a school's verdict in words, or why there is none."""
    return verdict_text(row.verdict) if row.verdict else words.exclusion_words(row)


@register.filter
def stage_name(stage: str) -> str:
    """Return a stage in words."""
    return str(Stage(stage).label)
