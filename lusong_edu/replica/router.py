"""Where a query goes: reading to wherever the request is read from, everything else to the primary."""

from __future__ import annotations

from typing import Any

import pghistory.models
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model

from apps.accounts.security.models import SecurityEvent, Session
from apps.core import reading

ALWAYS_PRIMARY: tuple[type[Model], ...] = (Session, SecurityEvent, pghistory.models.Event)
"""Who is signed in, and what is written down about it, is never a second old."""


class ReplicaRouter:
    """Django's router (settings.DATABASE_ROUTERS), in force where a replica is configured."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return DEFAULT_DB_ALIAS if issubclass(model, ALWAYS_PRIMARY) else reading.alias()

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        """The primary; whoever wrote reads there for the rest of the request."""
        reading.from_primary()
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        """A row read from the replica is the primary's own."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return False if db == reading.REPLICA else None
