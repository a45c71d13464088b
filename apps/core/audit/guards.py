"""What no single model brings: no audit table is emptied, no context rewritten; bulk writes stay quick."""

from __future__ import annotations

from typing import Any

from django.db import connections

from apps.core.audit import functions
from apps.core.audit.tables import audit_tables, context_table

REFUSE = """
CREATE OR REPLACE FUNCTION lusong_audit_stays() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit rows stay: % of % is refused', TG_OP, TG_TABLE_NAME;
END $$
"""
NOT_EMPTIED = """
CREATE OR REPLACE TRIGGER lusong_audit_not_emptied BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION lusong_audit_stays()
"""
# A request's context is completed while the request runs, and by its own transaction only.
CONTEXT_STAYS = """
CREATE OR REPLACE TRIGGER lusong_context_stays BEFORE DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION lusong_audit_stays();
CREATE OR REPLACE TRIGGER lusong_context_settles BEFORE UPDATE ON {table}
FOR EACH ROW WHEN (OLD.created_at < NOW() - INTERVAL '1 hour') EXECUTE FUNCTION lusong_audit_stays()
"""


def install(*, using: str = "default", **_unused: Any) -> None:
    """Install triggers and functions for all audit tables; again does no harm (after each migrate)."""
    with connections[using].cursor() as cursor:
        existing = set(connections[using].introspection.table_names(cursor))
        cursor.execute(REFUSE)
        for table in audit_tables():
            if table in existing:
                cursor.execute(NOT_EMPTIED.format(table=_quoted(table)))
        if context_table() in existing:
            cursor.execute(CONTEXT_STAYS.format(table=_quoted(context_table())))
        functions.replace(cursor)


def _quoted(table: str) -> str:
    return '"' + table.replace('"', '""') + '"'
