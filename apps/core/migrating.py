"""Indexes that migrations make or drop while people work, also when they are tried again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently


@contextmanager
def without_limit(schema_editor: Any) -> Iterator[None]:
    """Wait for as long as it takes: what waits here stands in nobody's way, but given up it leaves a ruin."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        limit = cursor.fetchone()[0]
        cursor.execute("SET lock_timeout = 0")
        yield
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [limit])


class AddIndexBeside(AddIndexConcurrently):
    """Django's, which may be tried again: what was not finished is dropped first, a finished one is kept."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._ensure_not_in_transaction(schema_editor)
        with without_limit(schema_editor):
            if _is_finished(schema_editor, self.index.name):
                return
            name = schema_editor.quote_name(self.index.name)
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class RemoveIndexBeside(RemoveIndexConcurrently):
    """Django's, which drops it if it is there."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        with without_limit(schema_editor):
            super().database_forwards(app_label, schema_editor, from_state, to_state)


def _is_finished(schema_editor: Any, name: str) -> bool:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)",
            [schema_editor.quote_name(name)],
        )
        row = cursor.fetchone()
    return bool(row and row[0])
