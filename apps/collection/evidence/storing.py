"""A file and its row written together: either both stay or neither."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction

from apps.collection.evidence.examining import Examined
from apps.collection.evidence.kinds import EXTENSIONS
from apps.collection.evidence.refusals import FileNotTaken
from apps.core.whole_files import DiskFull, save_whole


def facts_of(examined: Examined) -> dict[str, Any]:
    """Return the columns that every kept file has."""
    return {
        "original_name": examined.name,
        "content_type": examined.content_type,
        "size": examined.size,
        "sha256": examined.sha256,
        "scan": examined.scan,
        "text_check": examined.text_check,
    }


def store(row: Any, examined: Examined) -> None:
    """Write the file under a random name and save its row; a row that is refused leaves no file behind.

    Raises:
        FileNotTaken: the disk is full.
    """
    name = f"{secrets.token_hex(16)}{EXTENSIONS[examined.content_type]}"
    try:
        save_whole(row.file, name, examined.content)
    except DiskFull:
        raise FileNotTaken("no_room", name=examined.name) from None
    storage, path = row.file.storage, row.file.name
    try:
        with transaction.atomic():
            row.save()
    except Exception:
        storage.delete(path)
        raise
