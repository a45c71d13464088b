"""A backup made while people work: one snapshot of the database, and every file that it refers to."""

from __future__ import annotations

import datetime as dt
import errno
import os
import shutil
from pathlib import Path

from django.conf import settings

from .contents import NOT_KEPT, contents_of, files_named, migrations_of, tables_of
from .errors import BackupError
from .files import Copied, copy_new, measure
from .manifest import DUMP, FILES, Manifest
from .server import Server, program, version_of

NAME = "lusong-%Y%m%d-%H%M%S"


def backup_make(
    folder: Path, *, server: Server | None = None, media: Path | None = None
) -> tuple[Path, Manifest]:
    """Makes a backup in a new folder below `folder`; returns it and what it holds.

    Files are copied before the snapshot and again after it. They are written once under a random name before
    the row that names them is saved, so that every file of the snapshot was there at its moment: the first
    pass saves those deleted later, the second those written since.

    Raises:
        BackupError: with nothing left behind.
    """
    now = dt.datetime.now(dt.UTC)
    target = folder / now.strftime(NAME)
    draft = target.with_name(f"{target.name}.unfinished")
    previous = os.umask(0o077)
    try:
        draft.mkdir(parents=True)
        made = _fill(draft, now, server or Server.configured(), media or Path(settings.MEDIA_ROOT))
        draft.rename(target)
    except OSError as error:
        raise BackupError(_words(error, folder)) from error
    finally:
        os.umask(previous)
        shutil.rmtree(draft, ignore_errors=True)
    return target, made


def _words(error: OSError, folder: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"There is no space left in {folder}: make room or back up to another disk. Nothing was kept."
    return f"The backup could not be written to {folder}: {error.strerror or error}. Nothing was kept."


def _fill(draft: Path, now: dt.datetime, server: Server, media: Path) -> Manifest:
    files: dict[str, Copied] = {}
    copy_new(media, draft / FILES, files)
    dump = program("pg_dump", at_least=server.major)
    with server.cursor(snapshot=True) as cursor:
        cursor.execute("SET statement_timeout = 0; SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        server.run(
            dump,
            "--format=custom",
            f"--snapshot={snapshot}",
            f"--file={draft / DUMP}",
            "--no-password",
            *(f"--exclude-table-data=public.{table}" for table in NOT_KEPT),
        )
        contents, migrations = contents_of(cursor), migrations_of(cursor)
        named = files_named(cursor, tables_of(cursor))
    copy_new(media, draft / FILES, files)
    made = Manifest(
        made_at=now.isoformat(timespec="seconds"),
        postgres=server.major,
        programs=version_of(dump),
        database=measure(draft / DUMP),
        contents=contents,
        migrations=migrations,
        files=files,
        missing=[name for name in named if name not in files],
    )
    made.write(draft)
    return made
