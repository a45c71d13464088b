"""Filling tables by COPY: triggers off for this session, indexes made anew afterwards."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

CHUNK = 4_000_000
"""Characters handed to PostgreSQL at a time."""


class Blocks(io.TextIOBase):
    """A file that psycopg2 reads, made of blocks of lines as they are needed."""

    def __init__(self, blocks: Iterable[str]) -> None:
        self.blocks, self.left = iter(blocks), ""

    def read(self, size: int = CHUNK) -> str:  # type: ignore[override]
        parts, length = [self.left], len(self.left)
        for block in self.blocks:
            parts.append(block)
            length += len(block)
            if length >= size:
                break
        text = "".join(parts)
        self.left = text[size:]
        return text[:size]


def copy(cursor: Any, table: str, columns: Sequence[str], blocks: Iterable[str]) -> None:
    """COPY tab-separated blocks of whole lines into a table; \\N is NULL."""
    cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", Blocks(blocks), CHUNK)


def lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    for row in rows:
        yield "\t".join("\\N" if one is None else str(one) for one in row) + "\n"


@contextmanager
def unaudited(cursor: Any) -> Iterator[None]:
    """No audit and no foreign-key trigger fires in this session: for generating only."""
    cursor.execute("SET session_replication_role = replica")
    yield
    cursor.execute("SET session_replication_role = DEFAULT")


@contextmanager
def without_indexes(cursor: Any, *tables: str) -> Iterator[None]:
    """Take the tables' indexes and keys away and put them back: filling is some four times as fast."""
    later = [statement for table in tables for statement in _taken_away(cursor, table)]
    yield
    for statement in later:
        cursor.execute(statement)


def _taken_away(cursor: Any, table: str) -> list[str]:
    cursor.execute(
        """SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid = %s::regclass AND contype = 'u'""",
        [table],
    )
    constraints = cursor.fetchall()
    for name, _ in constraints:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    cursor.execute(
        """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
        WHERE indrelid = %s::regclass AND NOT indisprimary""",
        [table],
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    made = [statement for _, statement in indexes]
    return made + [f"ALTER TABLE {table} ADD CONSTRAINT {name} {text}" for name, text in constraints]
