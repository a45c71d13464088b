"""Which database a page is read from: the primary, unless the request is answered from a replica.

Inside a transaction and after the first write of a request it is the primary in any case.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

REPLICA = "replica"

_alias: ContextVar[str] = ContextVar("reading", default=DEFAULT_DB_ALIAS)


def alias() -> str:
    """Return the name of the database that is read from here and now."""
    found = _alias.get()
    if found != DEFAULT_DB_ALIAS and connections[DEFAULT_DB_ALIAS].in_atomic_block:
        return DEFAULT_DB_ALIAS
    return found


def connection_for_reading() -> Any:
    """Return the connection for a statement that only reads, in the words of `django.db.connection`."""
    return connections[alias()]


def from_replica() -> None:
    """From here on this request is read from the replica."""
    _alias.set(REPLICA)


def from_primary() -> None:
    """From here on this request is read from the primary."""
    _alias.set(DEFAULT_DB_ALIAS)


def is_from_replica() -> bool:
    return _alias.get() == REPLICA
