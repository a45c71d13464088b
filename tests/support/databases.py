"""Databases of one test run, beside each other on its server."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
from django.db import connection

RUN = "LUSONG_TEST_RUN"
LOCK = 0x4C53_5445
"""PostgreSQL copies one database at a time; whoever makes or copies one holds this advisory lock."""


def begin_run() -> None:
    """Give the databases of this run a name of their own; its processes inherit it."""
    os.environ.setdefault(RUN, uuid.uuid4().hex[:10])


def prefix() -> str:
    return f"lusong_{os.environ[RUN]}_"


def drop(name: str) -> None:
    with server() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def drop_all() -> None:
    """Drop every database of this run, for a server that outlives it."""
    with server() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{prefix()}%"])
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        drop(name)


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Point Django's connection, and those that other threads will open, at another database."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def exists(cursor: Any, name: str) -> bool:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return cursor.fetchone() is not None


@contextmanager
def server() -> Iterator[Any]:
    """Yield a cursor on the server itself, each statement its own transaction."""
    settings = connection.settings_dict
    with closing(
        psycopg2.connect(
            dbname="postgres",
            user=settings["USER"] or None,
            password=settings["PASSWORD"] or None,
            host=settings["HOST"] or None,
            port=settings["PORT"] or None,
        )
    ) as opened:
        opened.autocommit = True
        with opened.cursor() as cursor:
            yield cursor
