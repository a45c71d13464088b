"""From what the page sends to edits."""

from __future__ import annotations

import json
from typing import Any

from apps.collection.autosave.services import Edit
from apps.collection.keys import read_key
from apps.collection.services import Entry

LONGEST_KNOWN = 120
LONGEST_TEXT = 2000
LONGEST_REASON = 300
MOST_EDITS = 500


class MalformedError(ValueError):
    """What was sent has not the shape that the page sends."""


def read_edits(body: bytes) -> tuple[list[Edit], str]:
    """Return the edits of a request's body, and what the page knows of the return.

    Raises:
        MalformedError: no such JSON, too many edits, or values of another type.
    """
    try:
        sent = json.loads(body)
        rows, known = sent["edits"], _text(sent.get("known", ""), LONGEST_KNOWN)
        if not isinstance(rows, list) or len(rows) > MOST_EDITS:
            raise MalformedError
        return [_edit(row) for row in rows], known
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise MalformedError from error


def _edit(row: dict[str, Any]) -> Edit:
    key = read_key(_text(row["name"], 60))
    if key is None:
        raise MalformedError
    element_id, stage = key
    entry = Entry(
        element_id=element_id,
        stage=stage,
        text=_text(row.get("text", ""), LONGEST_TEXT),
        not_applicable=row.get("not_applicable") is True,
        reason=_text(row.get("reason", ""), LONGEST_REASON),
    )
    return Edit(entry, version=_whole(row.get("version", 0)), seconds=_whole(row.get("seconds", 0)))


def _text(value: object, limit: int) -> str:
    if not isinstance(value, str):
        raise MalformedError
    return value.replace("\x00", "")[:limit]


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise MalformedError
    return value
