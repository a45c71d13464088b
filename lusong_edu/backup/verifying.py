"""A backup is good when it was restored somewhere and everything was there."""

from __future__ import annotations

import uuid
from pathlib import Path

from psycopg2 import sql

from . import manifest
from .errors import BackupError
from .files import measure, names_in
from .manifest import DUMP, FILES, Manifest
from .server import Server


def verify(folder: Path, *, server: Server | None = None) -> Manifest:
    """Checks every checksum, restores into a scratch database, compares every table, drops it again.

    Raises:
        BackupError: what is wrong, and what to do.
    """
    from .restoring import create, load

    server = server or Server.configured()
    known = manifest.read(folder)
    check_versions(known, server.major)
    check_files(folder, known)
    scratch = server.with_database(f"lusong_verify_{uuid.uuid4().hex[:10]}")
    with server.with_database("postgres").cursor() as cursor:
        create(cursor, scratch.database)
        try:
            load(folder, known, scratch)
        finally:
            name = sql.Identifier(scratch.database)
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
    return known


def check_versions(known: Manifest, target: int) -> None:
    """A dump restores into its own or a newer PostgreSQL, never into an older one.

    Raises:
        BackupError: the server here is older.
    """
    if known.postgres > target:
        raise BackupError(
            f"This backup was made by PostgreSQL {known.postgres}, and the server here is PostgreSQL "
            f"{target}: a dump does not restore into an older version. Use a server of PostgreSQL "
            f"{known.postgres} or newer."
        )


def check_files(folder: Path, known: Manifest) -> None:
    """Compares every file with the manifest.

    Raises:
        BackupError: one is missing, altered or was added.
    """
    if _measured(folder / DUMP) != known.database:
        raise BackupError(
            f"{folder / DUMP} was altered or damaged: take another copy of this backup, or another backup."
        )
    there = set(names_in(folder / FILES)) if (folder / FILES).is_dir() else set()
    for name, expected in known.files.items():
        if name not in there or _measured(folder / FILES / name) != expected:
            state = "altered or damaged" if name in there else "missing"
            raise BackupError(f"The file {name} of this backup is {state}: take another copy of it.")
    if surplus := sorted(there - set(known.files)):
        raise BackupError(f"The file {surplus[0]} does not belong to this backup: take another copy of it.")


def _measured(path: Path) -> object:
    return measure(path) if path.is_file() else None
