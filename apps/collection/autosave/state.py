"""The facts of a form as its page keeps them: what is written, its version, who wrote it, what to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.collection.autosave.near import known_text
from apps.collection.form_fields import FieldView
from apps.collection.keys import Key
from apps.collection.services.entries import SaveOutcome
from apps.collection.sheet import Sheet


def state_of(sheet: Sheet) -> dict[str, Any]:
    """Return the whole form as data, by the names of its controls."""
    submission = sheet.submission
    return {
        "version": submission.version if submission else "",
        "known": known_text(submission, sheet.rules_stamp),
        "facts": facts_of(sheet.fields),
        "left": sheet.left,
        "flags": [flag.message for flag in sheet.flags],
    }


def facts_of(views: Iterable[FieldView]) -> dict[str, Any]:
    """Return the facts that may be written, by the names of their controls."""
    return {view.name: fact_state(view) for view in views if view.slot.editable}


def fact_state(view: FieldView) -> dict[str, Any]:
    """Return one fact: its control's content, version, writer and time, and what is said about it."""
    stored = view.slot.stored
    return {
        "version": stored.version if stored else 0,
        "text": view.text,
        "not_applicable": view.not_applicable,
        "reason": view.reason,
        "by": stored.updated_by_id if stored else None,
        "who": stored.updated_by.name if stored else "",
        "at": timezone.localtime(stored.updated_at).strftime("%H:%M") if stored else "",
        "errors": [problem.message for problem in view.errors],
        "flags": [flag.message for flag in view.flags],
        "done": view.is_done,
    }


def results_of(outcome: SaveOutcome, conflicts: set[Key], names: Mapping[Key, str]) -> dict[str, Any]:
    """Return what became of each edit: saved, with how it was read; refused, with why; or in conflict."""
    found: dict[str, Any] = {}
    for key, name in names.items():
        if key in conflicts:
            found[name] = {"state": "conflict"}
        elif problem := outcome.problems.get(key):
            state = "kept" if problem.code != "not_open" else "refused"
            found[name] = {"state": state, "message": problem.message}
        else:
            echo = outcome.echoes.get(key, "")
            message = _("Read as %(value)s") % {"value": echo} if echo else ""
            found[name] = {"state": "saved", "message": message}
    return found
