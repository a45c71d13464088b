"""Which tables are the audit: the models with a trigger named append_only, and the context of their rows."""

from __future__ import annotations

from typing import Any

import pghistory.models
from django.apps import apps
from django.db.models import Model

APPEND_ONLY = "append_only"


def event_models() -> list[type[Model]]:
    """Return the models of audit rows, by table name."""
    found = [model for model in apps.get_models() if _is_append_only(model)]
    return sorted(found, key=lambda model: model._meta.db_table)


def context_table() -> str:
    """Return the table that holds who did it: actor, address, request."""
    return str(pghistory.models.Context._meta.db_table)


def audit_tables() -> list[str]:
    """Return the tables that nobody may alter, by name."""
    return sorted([*(model._meta.db_table for model in event_models()), context_table()])


def time_and_key(model: type[Model]) -> tuple[str, str]:
    """Return the columns of a row's time and of its order."""
    names = {field.name for field in model._meta.concrete_fields}
    return ("pgh_created_at", "pgh_id") if "pgh_id" in names else ("at", "id")


def _is_append_only(model: Any) -> bool:
    return any(trigger.name == APPEND_ONLY for trigger in getattr(model._meta, "triggers", ()))
