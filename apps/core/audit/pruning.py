"""Removing audit rows whose time is over: by the tables' owner alone, with a record outside the database.

Only days whose rows agree with their fingerprints are removed: what is lost is then known to the row.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg2 import sql

from apps.core.audit import digests, records
from apps.core.audit.tables import context_table, event_models, time_and_key

# The rows of a request may be written after the midnight before which its context was.
CONTEXT_STAYS_LONGER = dt.timedelta(days=1)
OWNERS = """
SELECT bool_and(pg_has_role(current_user, c.relowner, 'USAGE')) FROM pg_class c
WHERE c.oid = ANY(%s::regclass[])
"""
WHAT = "SELECT count(*), min({time}), max({time}) FROM {table} WHERE {time} < %s"


class Refused(Exception):
    """Why nothing is removed, in a sentence."""


@dataclass(frozen=True)
class Over:
    """Rows of a table whose time is over: those before a day, how many, the first and the last."""

    table: str
    time: str
    before: dt.date
    rows: int
    first: dt.datetime | None
    last: dt.datetime | None


def today() -> dt.date:
    return timezone.localdate()


def boundary() -> dt.date:
    """Return the first day whose rows are kept."""
    return today() - dt.timedelta(days=settings.AUDIT_RETENTION_DAYS)


def over(before: dt.date) -> list[Over]:
    """Return what there is before a day, by table; tables without such rows are left out."""
    times = {model._meta.db_table: time_and_key(model)[0] for model in event_models()}
    found = [_over(table, time, before) for table, time in sorted(times.items())]
    found.append(_over(context_table(), "created_at", before - CONTEXT_STAYS_LONGER))
    return [one for one in found if one.rows]


def prune(before: dt.date) -> tuple[list[Over], Path | None]:
    """Remove what is over and write its record; nothing and None when nothing is.

    Raises Refused: this role does not own the tables, or a row is not what its fingerprint says.
    """
    _require_owner()
    problems = digests.verify()
    if problems:
        raise Refused(
            f"verify_audit finds {len(problems)} problems ({problems[0].text}):"
            " what is not as it was is not removed."
        )
    with transaction.atomic():
        found = over(before)
        if not found:
            return [], None
        _require_fingerprints(found)
        for one in found:
            _remove(one)
        path = records.record_write(on=today(), content=_content(found))
    return found, path


def _over(table: str, time: str, before: dt.date) -> Over:
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(WHAT).format(time=sql.Identifier(time), table=sql.Identifier(table)), [_midnight(before)]
        )
        rows, first, last = cursor.fetchone()
    return Over(table, time, before, rows, first, last)


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _require_owner() -> None:
    tables = [context_table(), *(model._meta.db_table for model in event_models())]
    with connection.cursor() as cursor:
        cursor.execute(OWNERS, [tables])
        if not cursor.fetchone()[0]:
            raise Refused(
                "Run this with the DATABASE_URL of the tables' owner:"
                " the application's role cannot remove audit rows."
            )


def _require_fingerprints(found: list[Over]) -> None:
    known = {path.stem for path in digests.files()}
    for one in found:
        first = timezone.localdate(one.first)
        days = ((first + dt.timedelta(days=n)).isoformat() for n in range((one.before - first).days))
        if missing := next((day for day in days if day not in known), None):
            raise Refused(f"{one.table}: {missing} has no fingerprint; run verify_audit --write first.")


def _remove(one: Over) -> None:
    """Delete as the owner: the triggers that refuse it are off for this table and this transaction only."""
    names = {"table": sql.Identifier(one.table), "time": sql.Identifier(one.time)}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '10s'")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql.SQL("ALTER TABLE {table} DISABLE TRIGGER USER").format(**names))
        cursor.execute(
            sql.SQL("DELETE FROM {table} WHERE {time} < %s").format(**names), [_midnight(one.before)]
        )
        removed = cursor.rowcount
        cursor.execute(sql.SQL("ALTER TABLE {table} ENABLE TRIGGER USER").format(**names))
    if removed != one.rows:
        raise Refused(
            f"{one.table}: {one.rows} rows were to go, {removed} would have gone; nothing was removed."
        )


def _content(found: list[Over]) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        role = cursor.fetchone()[0]
    return {
        "at": timezone.now().isoformat(),
        "role": role,
        "retention_days": settings.AUDIT_RETENTION_DAYS,
        "tables": {
            one.table: {
                "before": one.before.isoformat(),
                "rows": one.rows,
                "first": one.first and one.first.isoformat(),
                "last": one.last and one.last.isoformat(),
            }
            for one in found
        },
    }
