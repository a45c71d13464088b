"""One row by its key, its statement made once: each request asks for its session and its reader.

Making the statement is more than half of what Django's `get` costs Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

M = TypeVar("M", bound=Model)


def by_key(model: type[M], key: Any) -> M | None:
    """Return the row of `model` whose primary key is `key`, None if there is none (one query).

    Raises:
        TypeError: a field of the model is converted when it is read, which is left to Django.
    """
    statement, names = _statement(model)
    with connection.cursor() as cursor:
        cursor.execute(statement, [key])
        row = cursor.fetchone()
    return None if row is None else model.from_db(connection.alias, names, row)


@cache
def columns(model: type[Model], table: str, *without: str) -> str:
    """Return the columns of `model` as a statement names them in which its table is called `table`.

    `without` are fields that are long and hardly ever asked for; they are read when they are.

    Raises:
        TypeError: as above.
    """
    fields = [field for field in model._meta.concrete_fields if field.attname not in without]
    if any(hasattr(field, "from_db_value") for field in fields):
        raise TypeError(f"{model.__name__} has a field that is converted when it is read")
    return ", ".join(f"{table}.{connection.ops.quote_name(str(field.column))}" for field in fields)


def read(model: type[M], row: Sequence[Any], start: int = 0, *without: str) -> tuple[M | None, int]:
    """Return the object whose `columns` begin in a row at `start`, None where it is missing, and the end."""
    names = _names(model, *without)
    end = start + len(names)
    if row[start] is None:
        return None, end
    return model.from_db(connection.alias, names, row[start:end]), end


@cache
def _names(model: type[Model], *without: str) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if field.attname not in without]


@cache
def _statement(model: type[Model]) -> tuple[str, list[str]]:
    quote, key = connection.ops.quote_name, model._meta.pk
    table = quote(model._meta.db_table)
    found = f"SELECT {columns(model, table)} FROM {table} WHERE {quote(str(key and key.column))} = %s"  # noqa: S608  # nosec B608 - names of tables and columns
    return found, [field.attname for field in model._meta.concrete_fields]
