"""Statements whose text does not vary, planned by PostgreSQL once for each connection."""

from __future__ import annotations

from hashlib import md5
from typing import Any
from weakref import WeakKeyDictionary

_KNOWN: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
"""What each connection of the driver has prepared. A new connection has prepared nothing."""


Statement = tuple[str, list[Any]]
"""SQL with %s for its parameters, and these."""


def execute(cursor: Any, sql: str, params: list[Any]) -> None:
    """Run `sql`, with %s for its parameters, as a prepared statement of the cursor's connection.

    Every %s must tell its type by where it stands or by a cast. A statement outlives transactions, also
    those that are undone, and notices changed tables by itself.
    """
    execute_all(cursor, [(sql, params)])


def execute_all(cursor: Any, statements: list[Statement], *, before: str = "", after: str = "") -> None:
    """Run several in one go, between settings that need no parameters; the cursor has the last one's rows."""
    known = _KNOWN.setdefault(cursor.connection, set())
    texts = [before] if before else []
    for sql, params in statements:
        name = f"lusong_{md5(sql.encode(), usedforsecurity=False).hexdigest()}"
        if name not in known:
            cursor.execute(f"PREPARE {name} AS {_numbered(sql)}")
            known.add(name)
        places = ", ".join(["%s"] * len(params))
        texts.append(f"EXECUTE {name} ({places})" if params else f"EXECUTE {name}")
    texts += [after] if after else []
    cursor.execute("; ".join(texts), [param for _, params in statements for param in params])


def _numbered(sql: str) -> str:
    """Return the text with $1, $2 … for its parameters."""
    head, *rest = sql.split("%s")
    return head + "".join(f"${place}{piece}" for place, piece in enumerate(rest, start=1))
