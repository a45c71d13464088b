"""Two functions that every audit trigger calls, without exceptions inside.

Those of pgtrigger and pghistory ask for settings that are often not set and catch the error. A caught error
ends a subtransaction, and PostgreSQL then walks through all constraints that the transaction has still to
check: a hundred thousand rows written at once took minutes, growing with their square. These ask without one.
"""

from __future__ import annotations

from typing import Any

from apps.core.audit.tables import context_table

MARK = "asked without an error"
IGNORED = "_pgtrigger_should_ignore"
ATTACH = "_pgh_attach_context"
FUNCTIONS = {
    IGNORED: f"""CREATE OR REPLACE FUNCTION {IGNORED}(trigger_name NAME) RETURNS BOOLEAN AS $$
    -- {MARK}
    SELECT trigger_name = ANY(NULLIF(current_setting('pgtrigger.ignore', TRUE), '')::TEXT[])
$$ LANGUAGE sql STABLE""",
    ATTACH: f"""CREATE OR REPLACE FUNCTION {ATTACH}() RETURNS UUID AS $$
-- {MARK}
DECLARE
    found_id UUID := NULLIF(current_setting('pghistory.context_id', TRUE), '');
    found_metadata JSONB := NULLIF(current_setting('pghistory.context_metadata', TRUE), '');
BEGIN
    IF found_id IS NULL OR found_metadata IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM {{contexts}} WHERE id = found_id AND metadata = found_metadata;
    IF NOT FOUND THEN
        INSERT INTO {{contexts}} (id, metadata, created_at, updated_at)
            VALUES (found_id, found_metadata, now(), now())
            ON CONFLICT (id) DO UPDATE SET metadata = excluded.metadata, updated_at = excluded.updated_at;
    END IF;
    RETURN found_id;
END $$ LANGUAGE plpgsql""",  # noqa: S608 - names of this module  # nosec B608
}
# One that is as it should be is left alone: replacing it would take the rights away that it runs with.
OLD = """SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
    AND proname = ANY(%s) AND prosrc NOT LIKE %s"""


def replace(cursor: Any) -> None:
    """Put the two in place of the libraries' own, where those are; again does no harm."""
    cursor.execute(OLD, [list(FUNCTIONS), f"%{MARK}%"])
    for (name,) in cursor.fetchall():
        cursor.execute(FUNCTIONS[name].format(contexts=context_table()))
