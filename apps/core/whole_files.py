"""Files that are written wholly or not at all, also when the disk is full."""

from __future__ import annotations

import errno

from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class DiskFull(Exception):
    """There is no room for the file; nothing of it was left."""


def save_whole(file: FieldFile, name: str, content: bytes) -> None:
    """Write a file under a name that nobody has yet, its row not saved.

    Raises:
        DiskFull: there is no room.
    """
    path = file.field.generate_filename(file.instance, name)
    try:
        file.save(name, ContentFile(content), save=False)
    except OSError as error:
        file.storage.delete(path)  # what had been written when the room ended
        if error.errno in FULL:
            raise DiskFull from error
        raise
