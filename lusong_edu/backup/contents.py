"""What a database holds, told so briefly that two of them can be compared: rows and checksum by table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import FileField
from psycopg2 import sql

NOT_KEPT = ("django_session", "accounts_session")
"""Whoever finds a backup must not find open sessions in it: everybody signs in again."""

# Adding up is independent of the order of rows and notices a row that is there twice.
SUM = sql.SQL(
    "SELECT count(*),"
    " coalesce(sum(('x' || left(md5(each_row::text), 15))::bit(60)::bigint::numeric), 0)::text"
    " FROM {table} AS each_row"
)
PARTS = {
    "triggers": "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal",
    "constraints": "SELECT count(*) FROM pg_constraint WHERE contype IN ('c', 'f', 'p', 'u', 'x')"
    " AND connamespace = 'public'::regnamespace",
    "indexes": "SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'",
}


@dataclass(frozen=True)
class Table:
    """Number of rows and the sum of the rows' checksums."""

    rows: int
    checksum: str


@dataclass(frozen=True)
class Contents:
    """All tables by name, and how many triggers, constraints and indexes guard them."""

    tables: dict[str, Table]
    parts: dict[str, int]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


def contents_of(cursor: Any) -> Contents:
    """Reads every table once (one query a table)."""
    return Contents({name: _table(cursor, name) for name in tables_of(cursor)}, _parts(cursor))


def tables_of(cursor: Any) -> list[str]:
    """Names of the tables, but for those that are not kept."""
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    return [name for (name,) in cursor.fetchall() if name not in NOT_KEPT]


def _table(cursor: Any, name: str) -> Table:
    cursor.execute(SUM.format(table=sql.Identifier("public", name)))
    rows, checksum = cursor.fetchone()
    return Table(rows, checksum)


def _parts(cursor: Any) -> dict[str, int]:
    found = {}
    for name, statement in PARTS.items():
        cursor.execute(statement)
        found[name] = cursor.fetchone()[0]
    return found


def differences(expected: Contents, found: Contents) -> list[str]:
    """One sentence for each table or kind of guard that is not the same."""
    said = []
    for name in sorted(expected.tables | found.tables):
        was, is_now = expected.tables.get(name), found.tables.get(name)
        if was is None or is_now is None:
            said.append(f"table {name} is {'not expected' if was is None else 'missing'}")
        elif was.rows != is_now.rows:
            said.append(f"table {name} has {is_now.rows} rows, expected {was.rows}")
        elif was.checksum != is_now.checksum:
            said.append(f"table {name} has the same number of rows, but not the same values")
    for name, count in expected.parts.items():
        if found.parts[name] != count:
            said.append(f"there are {found.parts[name]} {name}, expected {count}")
    return said


def files_named(cursor: Any, tables: Sequence[str]) -> list[str]:
    """Names of the files that rows refer to and that should be there, relative to MEDIA_ROOT."""
    found: set[str] = set()
    for table, column, is_deletable in _file_columns():
        if table in tables:
            there = sql.SQL("deleted_at IS NULL" if is_deletable else "true")
            where = {"column": sql.Identifier(column), "table": sql.Identifier("public", table)}
            named = sql.SQL("SELECT {column} FROM {table} WHERE {column} <> '' AND {there}")
            cursor.execute(named.format(**where, there=there))
            found.update(name for (name,) in cursor.fetchall())
    return sorted(found)


def _file_columns() -> Iterator[tuple[str, str, bool]]:
    """Table, column, and whether rows outlive their files; histories tell of files that may be gone."""
    for model in apps.get_models():
        if hasattr(model, "pgh_tracked_model"):
            continue
        columns = {field.column for field in model._meta.concrete_fields}
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField) and field.column:
                yield model._meta.db_table, field.column, "deleted_at" in columns


def migrations_of(cursor: Any) -> dict[str, list[str]]:
    """Names of the applied migrations by app."""
    cursor.execute("SELECT app, name FROM public.django_migrations ORDER BY app, name")
    found: dict[str, list[str]] = {}
    for app, name in cursor.fetchall():
        found.setdefault(app, []).append(name)
    return found
