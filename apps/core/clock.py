"""The business clock: every "today" of the product comes from here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection
from django.utils import timezone

READ = """SELECT (SELECT fixed_date FROM core_businessclock WHERE id = 1),
    CASE WHEN pg_is_in_recovery() OR pg_current_xact_id_if_assigned() IS NOT NULL THEN ''
        ELSE pg_current_snapshot()::text END"""
_held: ContextVar[dt.date | None] = ContextVar("business_date", default=None)


def today() -> dt.date:
    """Return the business date: held for this context, else the stored fixed date, else the calendar's."""
    held = _held.get()
    return held if held is not None else read_date()


def fixed_date() -> dt.date | None:
    """Return the date at which the clock stands still (a demonstration), None when it runs (one query)."""
    return read()[0]


def read() -> tuple[dt.date | None, str]:
    """Return that date, and the moment of the database at which it was read (one query).

    Two equal moments: nothing has become visible between them. Empty where that cannot be told, on a
    standby server and in a transaction that has written something itself.
    """
    with connection.cursor() as cursor:
        cursor.execute(READ)
        found: tuple[dt.date | None, str] = cursor.fetchone()
    return found


def read_date() -> dt.date:
    """Return the business date as the database and the calendar have it (one query)."""
    return fixed_date() or timezone.localdate()


def is_fixed() -> bool:
    """Tell whether the clock stands still (a demonstration)."""
    return fixed_date() is not None


@contextmanager
def held_at(date: dt.date) -> Iterator[None]:
    """Hold the business date for the current context, for one request, one task or one test."""
    token = _held.set(date)
    try:
        yield
    finally:
        _held.reset(token)
