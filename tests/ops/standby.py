"""A streaming replica of the embedded PostgreSQL, from the wheel's own programs."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2

from lusong_edu.embedded.places import DATABASE, USER, places, server_user
from lusong_edu.embedded.postgres import Postgres
from lusong_edu.embedded.processes import processes_in, wait_until

PORT = 5433
TABLES = re.compile(r'FROM "?(plans_|rollups_[rj]|collection_(submission|period)|organisations_)')


class Standby:
    """A replica in the folder `replica` of an instance, reached by the primary's socket folder."""

    def __init__(self, folder: Path) -> None:
        self.primary = Postgres(places(folder))
        self.sockets = places(folder).postgres_socket_dir
        self.folder = places(folder).base / "replica"
        self.log = places(folder).logs / "replica.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@{quote(str(self.sockets), safe='')}:{PORT}/{DATABASE}"

    def copy(self) -> None:
        """pg_basebackup -R: the primary's files and where to go on reading its log."""
        self.folder.mkdir(mode=0o700)
        if user := server_user():
            os.chown(self.folder, *user)
        program = self.primary._reachable_binaries() / "pg_basebackup"
        command = [str(program), "-h", str(self.sockets), "-U", USER, "-D", str(self.folder)]
        command += ["-R", "-X", "stream", "-c", "fast"]
        subprocess.run(command, check=True, **self._options())

    def start(self) -> None:
        """Returns once it answers; every statement goes to its log."""
        settings = {"listen_addresses": "", "port": PORT, "unix_socket_directories": self.sockets}
        settings |= {"log_statement": "all", "max_connections": 100, "wal_receiver_status_interval": "1s"}
        command = [str(self.primary._reachable_binaries() / "postgres"), "-D", str(self.folder)]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, **self._options())
        assert wait_until(self._answers, 60), self.log.read_text()[-500:]

    def kill(self) -> None:
        """kill -9 of the server and everything of it."""
        for pid in processes_in(self.folder, "postgres"):
            os.kill(pid, signal.SIGKILL)
        assert self.process is not None
        self.process.wait(30)
        assert wait_until(lambda: not processes_in(self.folder, "postgres"), 30)
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def remove(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, statement: str) -> Any:
        connection = psycopg2.connect(dbname=DATABASE, user=USER, host=str(self.sockets), port=PORT)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchone()[0]
        finally:
            connection.close()

    def statements(self) -> int:
        """How many statements about plan, results and returns it has been asked."""
        return statements(self.log)

    def _answers(self) -> bool:
        try:
            return self.ask("SELECT pg_is_in_recovery()")
        except psycopg2.OperationalError:
            return False

    def _options(self) -> dict[str, Any]:
        return {**self.primary._as_server_user(), "cwd": self.folder}


def statements(log: Path) -> int:
    """How many statements about plan, results and returns a server's log tells of."""
    lines = log.read_text(errors="replace").splitlines()
    return sum("statement: " in line and TABLES.search(line) is not None for line in lines)
