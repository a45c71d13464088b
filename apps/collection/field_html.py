"""The HTML of one fact of the form, made from its template once for each state that a fact can be in.

What differs from school to school within a state (figures, reasons, what is said about them) stands in
places: the template puts marks there, and the texts, escaped as it escapes them, take their turn. Whatever is
rare (returned, not open for writing, saved by two people) is made from the template each time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.template import Context
from django.template.loader import get_template
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from apps.collection.checks import Problem
from apps.collection.form_fields import FieldView
from apps.collection.models import Period
from apps.plans.models import DataElement

TEMPLATE = "collection/_field.html"
MOST = 2000
MARK = re.compile("\ue000([0-9]+)\ue001")
FIXED = ("version", "seconds", "reason", "accepted_text", "previous_text", "last_year_text", "carried_text")
"""What of a view the template shows, as it is or not at all when it is empty."""
Texts = list[str]

_kept: dict[tuple[Any, ...], list[str]] = {}


@dataclass(frozen=True)
class _Said:
    """A problem with a mark for its message."""

    code: str
    message: str


class _Marked:
    """A view that shows marks instead of its texts."""

    def __init__(self, view: FieldView, instead: Mapping[str, Any]) -> None:
        self.__dict__ |= instead
        self._view = view

    def __getattr__(self, name: str) -> Any:
        return getattr(self._view, name)


def field_html(view: FieldView, period: Period, *, checked: bool, conflict: bool) -> SafeString:
    """Return a fact of the form of `period` as the template makes it."""
    if conflict or not view.slot.editable or view.slot.field_return:
        return _made(view, period, checked=checked, conflict=conflict)
    shown = {name: getattr(view, name) for name in FIXED}
    said = {"problems": view.problems, "errors": view.errors, "flags": view.flags}
    is_choice = view.kind == "choice"
    state = (
        *(get_language(), checked, view.name, *_asked(view.slot.element)),
        *(view.not_applicable, view.shows_reason, view.wants_reason, _before(view, period)),
        tuple((view.text, *view.options) if is_choice else ()),
        tuple(text == "" for text in shown.values()),
        tuple(tuple(problem.code for problem in problems) for problems in said.values()),
    )
    if not is_choice:
        shown["text"] = view.text
    parts = _kept.get(state)
    if parts is None:
        if len(_kept) >= MOST:
            _kept.clear()
        marked = _marked(view, shown, said)
        parts = _kept[state] = MARK.split(_made(marked, period, checked=checked, conflict=False))
    return _filled(parts, [*shown.values(), *(one.message for some in said.values() for one in some)])


def _asked(element: DataElement) -> tuple[Any, ...]:
    """Return all that the template tells of a fact itself."""
    return (
        *(element.name, element.name_en, element.help_text, element.help_text_en, element.unit),
        *(element.value_type, element.evidence_hint, element.evidence_required),
    )


def _before(view: FieldView, period: Period) -> tuple[Any, ...]:
    """Return how the template names what counted before."""
    slot = view.slot
    if slot.previous is None:
        return (slot.accepted is not None, None)
    then = slot.previous.period
    year = None if then.plan_id == period.plan_id else then.plan.year
    return (slot.accepted is not None, then.quarter, year)


def _marked(view: FieldView, shown: Mapping[str, Any], said: Mapping[str, list[Problem]]) -> Any:
    """Return the view with a mark for each text that is not empty, numbered in the order of the texts."""
    marks = (f"\ue000{place}\ue001" for place in range(1_000))
    instead: dict[str, Any] = {}
    for name, text in shown.items():
        mark = next(marks)
        instead[name] = mark if text != "" else ""
    for name, problems in said.items():
        instead[name] = [_Said(problem.code, next(marks)) for problem in problems]
    return _Marked(view, instead)


def _filled(parts: list[str], texts: list[Any]) -> SafeString:
    """Return the HTML with the texts in their places; each second part is the number of one."""
    html = parts.copy()
    for place in range(1, len(html), 2):
        html[place] = conditional_escape(localize(texts[int(html[place])]))
    return mark_safe("".join(html))  # noqa: S308 - parts of a template, texts escaped  # nosec B308 B703


def _made(view: Any, period: Period, *, checked: bool, conflict: bool) -> SafeString:
    template: Any = get_template(TEMPLATE)
    context = {"view": view, "period": period, "checked": checked, "conflict": conflict}
    html: SafeString = template.template.render(Context(context))
    return html
