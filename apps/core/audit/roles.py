"""Two roles of the database: the owner migrates, the application only reads and writes rows.

As the application's role no audit row can be altered, removed or invented: it may only read those tables. The
audit's triggers write there with the owner's rights (SECURITY DEFINER), and the application cannot ask them
to look away, because they set pgtrigger.ignore themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from psycopg2 import sql

from apps.core.audit.guards import install
from apps.core.audit.tables import audit_tables, event_models

# The functions of pgtrigger and pghistory that write audit rows; which ones, their text says.
WRITERS = """
SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = current_schema() AND p.prokind = 'f' AND p.prosrc ~ %s ORDER BY 1
"""
SAFELY = "ALTER FUNCTION {} SECURITY DEFINER SET search_path = {}, pg_temp SET pgtrigger.ignore = '{{}}'"
RIGHTS_ON_EVERYTHING = (
    "REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC",
    "REVOKE ALL ON SCHEMA {schema} FROM {role}",
    "GRANT USAGE ON SCHEMA {schema} TO {role}",
    "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
    "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
)


def secure(*, role: str, password: str | None = None) -> list[str]:
    """Create the application's role, if it is not there, and give it exactly its rights.

    Run as the owner of the tables after every migrate; again does no harm.

    Args:
        password: with one the role may log in; without one a login role has to be granted it.

    Returns what was run, without the password.
    """
    install()
    with transaction.atomic(), connection.cursor() as cursor:
        statements = [
            *_role(cursor, role, password),
            *_everything(cursor, role),
            *_audit(cursor, role),
        ]
        for statement in statements:
            cursor.execute(statement)
        shown = [statement.as_string(cursor.connection) for statement in statements]
    return [text.replace(f"PASSWORD '{password}'", "PASSWORD …") if password else text for text in shown]


def _role(cursor: Any, role: str, password: str | None) -> Iterator[sql.Composed]:
    cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [role])
    name = sql.Identifier(role)
    if (found := cursor.fetchone()) is None:
        yield sql.SQL("CREATE ROLE {}").format(name)
    elif found[0]:  # PostgreSQL 15 asks for a superuser even where there is nothing to take away
        yield sql.SQL("ALTER ROLE {} NOSUPERUSER NOBYPASSRLS").format(name)
    yield sql.SQL("ALTER ROLE {} NOCREATEDB NOCREATEROLE").format(name)
    if password:
        yield sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(name, sql.Literal(password))


def _everything(cursor: Any, role: str) -> Iterator[sql.Composed]:
    names = {"role": sql.Identifier(role), "schema": sql.Identifier(_schema(cursor))}
    for text in RIGHTS_ON_EVERYTHING:
        yield sql.SQL(text).format(**names)


def _audit(cursor: Any, role: str) -> Iterator[sql.Composed]:
    name = sql.Identifier(role)
    for table in audit_tables():
        yield sql.SQL("REVOKE INSERT, UPDATE, DELETE ON {} FROM {}").format(sql.Identifier(table), name)
    for table in _written_by_the_application():
        yield sql.SQL("GRANT INSERT ON {} TO {}").format(sql.Identifier(table), name)
    cursor.execute(WRITERS, [rf'INSERT INTO "?({"|".join(audit_tables())})"?[ (]'])
    for (function,) in cursor.fetchall():
        yield sql.SQL(SAFELY).format(sql.SQL(function), sql.Identifier(_schema(cursor)))


def _written_by_the_application() -> list[str]:
    """Return the audit tables that no trigger fills: the application adds its rows itself."""
    return [model._meta.db_table for model in event_models() if not getattr(model, "pgh_trackers", None)]


def _schema(cursor: Any) -> str:
    cursor.execute("SELECT current_schema()")
    return str(cursor.fetchone()[0])
