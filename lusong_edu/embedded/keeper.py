"""The process that owns one data folder's servers: python -m lusong_edu.embedded.keeper FOLDER."""

import argparse
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2

from .backoff import Backoff
from .errors import EmbeddedError
from .places import Places, places
from .postgres import Postgres
from .processes import wait_until
from .redis import Redis
from .servers import Server

KINDS: dict[str, type] = {"postgres": Postgres, "redis": Redis}


class Keeper:
    """Starts the servers, revives one that dies, stops them once nobody holds a lease."""

    def __init__(self, where: Places, services: list[str], *, throw_away: bool, linger: float) -> None:
        self.where = where
        self.throw_away = throw_away
        self.linger = linger
        self.servers: list[Server] = [KINDS[name](where, throw_away=throw_away) for name in services]
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.backoff = {server.name: Backoff() for server in self.servers}

    def run(self) -> int:
        """Serves until idle; returns the exit code."""
        lock = os.open(self.where.keeper_lock, os.O_RDWR | os.O_CREAT, 0o600)
        if not wait_until(lambda: _try_exclusive(lock), 1.0):
            return 0
        self.where.state.unlink(missing_ok=True)
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "linger", 0.0))
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            self._serve()
        except EmbeddedError as error:
            self._write_state(error=str(error))
            return 1
        finally:
            self._stop()
        self._forget()
        return 0

    def _serve(self) -> None:
        for server in self.servers:
            self.running[server.name] = server.start()
        self._write_state(ready=True)
        users = os.open(self.where.users_lock, os.O_RDWR | os.O_CREAT, 0o600)
        idle_since: float | None = None
        while True:
            self._revive()
            if not _try_exclusive(users):
                idle_since = None
            else:
                idle_since = idle_since or time.monotonic()
                if time.monotonic() - idle_since >= self.linger:
                    return  # keeps the exclusive hold: a newcomer waits until this process is gone
                fcntl.flock(users, fcntl.LOCK_UN)
            time.sleep(0.1)

    def _revive(self) -> None:
        """Starts a server that ended again; one that cannot start is tried later, never given up."""
        for server in self.servers:
            process, backoff = self.running.get(server.name), self.backoff[server.name]
            if process is not None and process.poll() is None:
                continue
            if process is not None:
                print(f"{server.name} ended unexpectedly; starting it again", flush=True)
                del self.running[server.name]
            if not backoff.due():
                continue
            try:
                self.running[server.name] = server.start()
            except (EmbeddedError, OSError, psycopg2.Error) as error:
                print(f"{server.name} could not be started again: {error}", flush=True)

    def _stop(self) -> None:
        for server in reversed(self.servers):
            if process := self.running.pop(server.name, None):
                server.stop(process)

    def _forget(self) -> None:
        self.where.state.unlink(missing_ok=True)
        if self.throw_away:
            for folder in {self.where.sockets, self.where.base, self.where.data}:
                shutil.rmtree(folder, ignore_errors=True)

    def _write_state(self, **facts: object) -> None:
        facts |= {"pid": os.getpid(), "services": [server.name for server in self.servers]}
        draft = self.where.state.with_suffix(".new")
        draft.write_text(json.dumps(facts))
        draft.rename(self.where.state)


def _try_exclusive(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--service", action="append", choices=sorted(KINDS), required=True)
    parser.add_argument("--linger", type=float, default=3.0)
    parser.add_argument("--throw-away", action="store_true")
    options = parser.parse_args()
    keeper = Keeper(
        places(options.folder), options.service, throw_away=options.throw_away, linger=options.linger
    )
    return keeper.run()


if __name__ == "__main__":
    sys.exit(main())
