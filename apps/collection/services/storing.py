"""Facts written as a set: one statement for one fact of one return as for a hundred thousand of a thousand.

A few rows go along with the statement; many are staged by COPY in a table of this transaction. The audit's
triggers fire for each row with the actor of the request, because the statement goes through Django's cursor.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.collection.services.entries import Written

MANY = 500
"""From so many rows on they are staged: a temporary table costs more than it saves for a single form."""

BLOCK = 65_536
NULL = "\\N"
STAGED = {
    "submission_id": "bigint",
    "element_id": "bigint",
    "stage": "text",
    "number": "numeric",
    "date": "date",
    "text": "text",
    "not_applicable": "boolean",
    "reason": "text",
    "typed": "text",
}
NAMES = ", ".join(STAGED)
STAGE = f"CREATE TEMPORARY TABLE staged_facts ({', '.join(map(' '.join, STAGED.items()))}) ON COMMIT DROP"
SENT = f"unnest({', '.join(f'%({name})s::{kind}[]' for name, kind in STAGED.items())}) AS sent({NAMES})"
WRITE = f"""INSERT INTO collection_datavalue AS kept ({NAMES}, source, is_open, version, updated_by_id,
    updated_at, accepted_text, accepted_not_applicable)
SELECT {NAMES}, '', FALSE, 1, %(by)s, %(now)s, '', FALSE FROM {{rows}}
ON CONFLICT (submission_id, element_id, stage) DO UPDATE SET
    number = excluded.number, date = excluded.date, text = excluded.text,
    not_applicable = excluded.not_applicable, reason = excluded.reason, typed = excluded.typed,
    source = '', source_on = NULL, version = kept.version + 1,
    updated_by_id = excluded.updated_by_id, updated_at = excluded.updated_at"""  # noqa: S608 - names of this module  # nosec B608
RAISE = "UPDATE collection_submission SET version = version + 1 WHERE id = ANY(%s)"
ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
Row = tuple[Any, ...]


def facts_store(*, written: Mapping[int, Sequence[Written]], by: User) -> None:
    """Store facts by the ids of their locked returns; the version of each return with a change rises.

    Two statements, and three more to stage many rows.
    """
    changed = {submission: facts for submission, facts in written.items() if facts}
    if not changed:
        return
    stamp: dict[str, Any] = {"by": by.pk, "now": timezone.now()}
    with connection.cursor() as cursor:
        if sum(map(len, changed.values())) < MANY:
            columns = zip(*_rows(changed), strict=True)
            sent: dict[str, Any] = {name: list(values) for name, values in zip(STAGED, columns, strict=True)}
            cursor.execute(WRITE.format(rows=SENT), {**sent, **stamp})
        else:
            cursor.execute(STAGE)
            cursor.copy_expert(
                f"COPY staged_facts ({NAMES}) FROM STDIN", Lines(_lines(_rows(changed))), BLOCK
            )
            cursor.execute(WRITE.format(rows="staged_facts"), stamp)
            cursor.execute("DROP TABLE staged_facts")
        cursor.execute(RAISE, [list(changed)])


def _rows(written: Mapping[int, Sequence[Written]]) -> Iterator[Row]:
    for submission, facts in written.items():
        for fact in facts:
            value = fact.value
            yield (
                submission,
                fact.element_id,
                fact.stage,
                value.number,
                value.date,
                value.text,
                value.not_applicable,
                value.reason,
                fact.typed,
            )


class Lines(io.TextIOBase):
    """Lines as the file that COPY reads, made as they are asked for: never all of them at once."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines, self.left = iter(lines), ""

    def read(self, size: int | None = -1) -> str:
        """Return the next `size` characters, all of them for a negative size."""
        wanted = sys.maxsize if size is None or size < 0 else size
        parts, length = [self.left], len(self.left)
        while length < wanted and (line := next(self.lines, "")):
            parts.append(line)
            length += len(line)
        text = "".join(parts)
        self.left = text[wanted:]
        return text[:wanted]


def _lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield rows as COPY reads them."""
    for submission, element, stage, number, date, text, absent, reason, typed in rows:
        yield (
            f"{submission}\t{element}\t{stage}\t{NULL if number is None else number}\t"
            f"{NULL if date is None else date}\t{_escaped(text)}\t{absent}\t{_escaped(reason)}\t"
            f"{_escaped(typed)}\n"
        )


def _escaped(text: str) -> str:
    return text.translate(ESCAPED) if text else ""
