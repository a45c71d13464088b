"""Where benchmarks run: an embedded PostgreSQL and Redis of their own, one database a size."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zlib import crc32

import psycopg2

from lusong_edu import embedded
from lusong_edu.embedded.places import places

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("LUSONG_BENCH_DIR", ROOT / ".data" / "bench")).resolve()
SETTINGS = {"work_mem": "64MB", "maintenance_work_mem": "512MB", "max_wal_size": "8GB"}
"""What docs/deploy.md advises for a server; products and floors run with the same."""


def environment(database: str) -> dict[str, str]:
    """Return the variables with which production settings run on the benchmarks' servers."""
    where = embedded.database_settings(DATA)
    address = f"postgresql://{where['USER']}@/{database}?host={quote(where['HOST'])}&port={where['PORT']}"
    return {
        "DJANGO_SETTINGS_MODULE": "lusong_edu.settings.production",
        "DATABASE_URL": address,
        # A worker of one database must not take what was meant for that of another.
        "REDIS_URL": embedded.redis_url(DATA).replace("db=0", f"db={1 + crc32(database.encode()) % 15}"),
        # Servers that end with their program are none of production: the product has a place of its own.
        "LUSONG_DATA_DIR": str(DATA / "product"),
        "LUSONG_WITHOUT_EMAIL": "true",
        "SECRET_KEY": "only-for-benchmarks-" + "x" * 40,
        "LUSONG_SECOND_STEP_KEYS": "b25seS1mb3ItYmVuY2htYXJrcy1hbmQtbm90aGluZzE=",
        "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
        "SECURE_SSL_REDIRECT": "false",
        "LUSONG_ALLOW_DEMO_ACCOUNTS": "true",
    }


@contextmanager
def servers() -> Iterator[None]:
    """Hold the embedded servers of the benchmarks up, with a server's memory settings."""
    with embedded.attach(DATA):
        (DATA / "product").mkdir(exist_ok=True)
        with cursor() as asked:
            for name, value in SETTINGS.items():
                asked.execute(f"ALTER SYSTEM SET {name} = '{value}'")
            asked.execute("SELECT pg_reload_conf()")
        yield


@contextmanager
def cursor(database: str = "postgres") -> Iterator[Any]:
    """Yield a cursor of its own connection; each statement is its own transaction."""
    where = embedded.database_settings(DATA)
    with closing(
        psycopg2.connect(dbname=database, user=where["USER"], host=where["HOST"], port=where["PORT"])
    ) as connection:
        connection.autocommit = True
        with connection.cursor() as opened:
            yield opened


def postmaster() -> int:
    """Return PostgreSQL's first process."""
    return int((places(DATA).postgres / "postmaster.pid").read_text().split("\n")[0])


def backends() -> list[int]:
    """Return PostgreSQL's processes, one a connection and its helpers."""
    first = postmaster()
    return [int(one) for one in Path(f"/proc/{first}/task/{first}/children").read_text().split()]


def use(database: str) -> None:
    """Point this process's Django at a benchmark database; to be called before anything of Django's."""
    import django

    os.environ.update(environment(database))
    django.setup()
    logging.getLogger("lusong.requests").setLevel(logging.WARNING)


def with_results() -> None:
    """Compute the results of this process's database unless a benchmark before this one has."""
    from apps.rollups.models import Result
    from apps.rollups.rebuilding import rebuild_all

    if not Result.objects.exists():
        rebuild_all()


def run(*arguments: str, database: str) -> None:
    """Run a Python program with the environment of a benchmark database, to its end."""
    subprocess.run([sys.executable, *arguments], check=True, cwd=ROOT, env=os.environ | environment(database))
