"""Restoring: into an empty database, or beside the old one, which is kept until somebody deletes it."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from psycopg2 import Error, sql

from . import manifest
from .contents import contents_of, differences
from .errors import BackupError
from .files import copy, names_in
from .manifest import DUMP, FILES, Manifest
from .server import Server, program
from .verifying import check_files, check_versions


@dataclass(frozen=True)
class Restored:
    """What was restored, and where the old database and files were put aside (empty: there were none)."""

    manifest: Manifest
    old_database: str = ""
    old_files: str = ""


def restore(
    folder: Path, *, server: Server | None = None, media: Path | None = None, overwrite: bool = False
) -> Restored:
    """Restores a backup into the configured database and MEDIA_ROOT and compares every table.

    Without `overwrite` both have to be empty. With it the old database is renamed and the old files are
    moved aside, only once the new ones are there and complete; nothing is ever deleted.

    Raises:
        BackupError: with what was there before untouched.
    """
    server, media = server or Server.configured(), media or Path(settings.MEDIA_ROOT)
    known = manifest.read(folder)
    _refuse_newer_platform(known)
    check_versions(known, server.with_database("postgres").major)
    check_files(folder, known)
    occupied = _is_occupied(server)
    holds_files = media.is_dir() and any(True for _ in names_in(media))
    if (occupied or holds_files) and not overwrite:
        what = " and ".join(
            [f"the database {server.database}"] * occupied + [f"the folder {media}"] * holds_files
        )
        raise BackupError(
            f"There is data in {what}: nothing was changed. "
            "Add --overwrite to put it aside under another name."
        )
    fresh = media.with_name(f"{media.name}.restoring")
    try:
        _copy_files(folder, known, fresh)
        old_database = _restore_database(folder, known, server, occupied)
        return Restored(known, old_database, _swap(fresh, media) if holds_files else _place(fresh, media))
    except OSError as error:
        raise BackupError(
            f"The files could not be restored to {media}: {error.strerror or error}."
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _refuse_newer_platform(known: Manifest) -> None:
    disk: dict[str, set[str]] = {app: set() for app in known.migrations}
    for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations:
        disk.setdefault(app, set()).add(name)
    unknown = [
        f"{app}.{name}" for app, names in known.migrations.items() for name in names if name not in disk[app]
    ]
    if unknown:
        raise BackupError(
            f"This backup was made by another version of the platform ({unknown[0]} is not known "
            "here): install that version or a newer one, then restore."
        )


def _is_occupied(server: Server) -> bool:
    """Whether the database has tables; one that does not exist yet is made."""
    with server.with_database("postgres").cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [server.database])
        if cursor.fetchone() is None:
            create(cursor, server.database)
            return False
    with server.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public')")
        return bool(cursor.fetchone()[0])


def create(cursor: Any, name: str) -> None:
    """Makes an empty database, as the platform needs it (UTF-8, the server's own locale).

    Raises:
        BackupError: the account may not.
    """
    try:
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
        )
    except Error as error:
        raise BackupError(
            f"The database {name} could not be created ({str(error).strip().splitlines()[0]}): "
            "use an account that may, with --database-url or LUSONG_ADMIN_DATABASE_URL."
        ) from error


def load(folder: Path, known: Manifest, server: Server) -> None:
    """Fills an empty database and compares it with the manifest.

    Raises:
        BackupError: it is not the same.
    """
    server.run(
        program("pg_restore", at_least=known.programs),
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={server.database}",
        "--no-password",
        str(folder / DUMP),
    )
    with server.cursor(snapshot=True) as cursor:
        if found := differences(known.contents, contents_of(cursor)):
            raise BackupError(f"The restored database is not what was backed up: {'; '.join(found[:5])}.")


def _restore_database(folder: Path, known: Manifest, server: Server, occupied: bool) -> str:
    if not occupied:
        load(folder, known, server)
        return ""
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%d_%H%M%S")
    fresh, aside = f"{server.database}_new_{stamp}", f"{server.database}_before_{stamp}"
    with server.with_database("postgres").cursor() as cursor:
        _refuse_while_in_use(cursor, server.database)
        create(cursor, fresh)
        try:
            load(folder, known, server.with_database(fresh))
            _refuse_while_in_use(cursor, server.database)
            rename(cursor, server.database, aside)
            rename(cursor, fresh, server.database)
        except BaseException:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(fresh)))
            raise
    return aside


def _refuse_while_in_use(cursor: Any, name: str) -> None:
    cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name])
    if count := cursor.fetchone()[0]:
        raise BackupError(
            f"{count} connections use the database {name}: stop web server, worker and beat first."
        )


def rename(cursor: Any, old: str, new: str) -> None:
    """Gives a database another name."""
    statement = sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
    cursor.execute(statement)


def _copy_files(folder: Path, known: Manifest, fresh: Path) -> None:
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name in known.files:
        copy(folder / FILES / name, fresh / name)


def _place(fresh: Path, media: Path) -> str:
    """Puts the files where there are none."""
    shutil.rmtree(media, ignore_errors=True)  # folders without a file in them
    fresh.rename(media)
    return ""


def _swap(fresh: Path, media: Path) -> str:
    """Puts the files where the old ones are moved away from; returns where those are now."""
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%d-%H%M%S")
    aside = media.rename(media.with_name(f"{media.name}.before-{stamp}"))
    fresh.rename(media)
    return str(aside)
