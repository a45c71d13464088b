"""A fingerprint of each day's audit rows, kept outside the database, each holding the one before it.

Whoever removes or alters a row afterwards, even as the database's owner, leaves a day whose rows no longer
have their fingerprint; whoever alters a fingerprint breaks the chain after it. Keep a copy where the server
cannot write.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg2 import sql

from apps.core.audit import records
from apps.core.audit.tables import context_table, event_models, time_and_key

# A day is closed this long after its end: until then a transaction that began in it may still commit.
GRACE = dt.timedelta(hours=1)
# Rows as JSON without columns that came later; hashed one by one, then together in their order.
ROWS = """
SELECT count(*), encode(sha256(COALESCE(string_agg(
    sha256(convert_to((to_jsonb(t) - %(later)s::text[])::text, 'UTF8')), ''::bytea ORDER BY t.{key}
), ''::bytea)), 'hex') FROM {table} t WHERE t.{time} >= %(begin)s AND t.{time} < %(end)s
"""


@dataclass(frozen=True)
class Problem:
    """What does not agree: the day, and a sentence."""

    day: dt.date | None
    text: str


def folder() -> Path:
    return Path(settings.AUDIT_DIGEST_DIR)


def digests_write(*, until: dt.date | None = None) -> list[Path]:
    """Write the missing files, up to the last closed day or `until`, and return them.

    The first file is for the first day that has rows; without any rows there is nothing to write.
    """
    folder().mkdir(parents=True, exist_ok=True, mode=0o750)
    last = (timezone.localtime() - GRACE).date() - dt.timedelta(days=1)
    day, previous = _next_day(), _last_chain()
    written = []
    while day is not None and day <= min(last, until or last):
        content = _content(day, previous)
        written.append(_keep(day, content))
        day, previous = day + dt.timedelta(days=1), content["chain"]
    return written


def verify() -> list[Problem]:
    """Compare every file with the file before it and with the rows of its day."""
    problems: list[Problem] = []
    previous, expected = "", None
    for path in files():
        day = dt.date.fromisoformat(path.stem)
        if expected is not None and day != expected:
            problems.append(
                Problem(day, f"the files of {expected} to {day - dt.timedelta(days=1)} are missing")
            )
        expected = day + dt.timedelta(days=1)
        try:
            content = json.loads(path.read_text("utf-8"))
            problems += _differences(day, content, previous)
            previous = content["chain"]
        except (ValueError, KeyError, TypeError):
            problems.append(Problem(day, "the file cannot be read"))
    first = _first_day()
    if not files() and first and first < timezone.localdate() - dt.timedelta(days=1):
        problems.append(Problem(None, "there is no file, though there are audit rows of past days"))
    return problems


def _differences(day: dt.date, content: dict[str, Any], previous: str) -> Iterator[Problem]:
    if content["previous"] != previous:
        yield Problem(day, "the chain is broken: this file does not follow the one before it")
    if content["chain"] != _chain(content):
        yield Problem(day, "the file was altered: it does not have its own fingerprint")
    if content.get("pruned", "") != records.last_fingerprint(day):
        yield Problem(day, "the record of what was removed is not the one this file knows")
    existing, kept_from = _tables(), records.kept_from()
    for table, kept in content["tables"].items():
        if table not in existing:
            yield Problem(day, f"{table}: the table is gone ({kept['rows']} rows)")
            continue
        gone = sorted(set(kept["columns"]) - set(_columns(table)))
        if gone:
            yield Problem(day, f"{table}: cannot be compared, columns are gone: {', '.join(gone)}")
        elif told := _rows_differ(day, table, kept, is_over=day < kept_from.get(table, day)):
            yield Problem(day, f"{table}: {told}")


def _rows_differ(day: dt.date, table: str, kept: dict[str, Any], *, is_over: bool) -> str:
    """Say how a table's rows of a day differ from what was kept of them; of a removed day none are there."""
    rows, fingerprint = _fingerprint(day, table, kept["columns"])
    if is_over:
        return f"{rows} rows are there though they were removed when their time was over" if rows else ""
    if rows != kept["rows"]:
        return f"{kept['rows']} rows were there, {rows} are there now"
    return "" if fingerprint == kept["sha256"] else "rows were altered"


def _content(day: dt.date, previous: str) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    for table in _tables():
        columns = _columns(table)
        rows, fingerprint = _fingerprint(day, table, columns)
        tables[table] = {"rows": rows, "sha256": fingerprint, "columns": columns}
    content = {"day": day.isoformat(), "previous": previous, "tables": tables}
    if pruned := records.last_fingerprint(day):
        content["pruned"] = pruned
    return content | {"chain": _chain(content)}


def _chain(content: dict[str, Any]) -> str:
    """Return the fingerprint of a file's content, which holds that of the file before it."""
    held = {name: content[name] for name in ("day", "previous", "tables", "pruned") if name in content}
    return hashlib.sha256(json.dumps(held, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _keep(day: dt.date, content: dict[str, Any]) -> Path:
    path = folder() / f"{day.isoformat()}.json"
    records.write_once(path, content)
    return path


def files() -> list[Path]:
    """Return the files of fingerprints, by day."""
    return sorted(folder().glob("????-??-??.json"))


def _last_chain() -> str:
    found = files()
    return str(json.loads(found[-1].read_text("utf-8"))["chain"]) if found else ""


def _next_day() -> dt.date | None:
    found = files()
    return dt.date.fromisoformat(found[-1].stem) + dt.timedelta(days=1) if found else _first_day()


def _first_day() -> dt.date | None:
    """Return the day of the oldest audit row."""
    found = []
    with connection.cursor() as cursor:
        for table, (time, _key) in _tables().items():
            cursor.execute(
                sql.SQL("SELECT min({}) FROM {}").format(sql.Identifier(time), sql.Identifier(table))
            )
            found.append(cursor.fetchone()[0])
    return min((timezone.localdate(at) for at in found if at), default=None)


def _tables() -> dict[str, tuple[str, str]]:
    """Return time and order of each table's rows."""
    tables = {model._meta.db_table: time_and_key(model) for model in event_models()}
    return {**tables, context_table(): ("created_at", "id")}


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return sorted(column.name for column in connection.introspection.get_table_description(cursor, table))


def _fingerprint(day: dt.date, table: str, columns: list[str]) -> tuple[int, str]:
    """Return number and fingerprint of a table's rows of a day, by these columns."""
    time, key = _tables()[table]
    begin = timezone.make_aware(dt.datetime.combine(day, dt.time()))
    end = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
    given: dict[str, Any] = {"later": sorted(set(_columns(table)) - set(columns)), "begin": begin, "end": end}
    names = {"table": sql.Identifier(table), "time": sql.Identifier(time), "key": sql.Identifier(key)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        cursor.execute(sql.SQL(ROWS).format(**names), given)
        rows, fingerprint = cursor.fetchone()
    return int(rows), str(fingerprint)
