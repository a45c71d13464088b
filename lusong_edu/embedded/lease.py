"""A claim on the embedded servers: they run as long as anybody holds one."""

import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from .backoff import Backoff
from .errors import EmbeddedError
from .launch import KeeperOptions, start_keeper
from .places import Places, places, server_user
from .processes import is_running, tail, wait_until

PATIENCE = 90.0
SERVICES = ("postgres", "redis")


class Lease:
    """Holds the servers up until closed; the kernel closes it when the process dies."""

    def __init__(self, where: Places, descriptor: int, options: KeeperOptions) -> None:
        self.places = where
        self.descriptor = descriptor
        self.options = options
        self.backoff = Backoff()
        self.keeper: subprocess.Popen[bytes] | None = None
        """The keeper, when this lease was the one that started it."""

    def fileno(self) -> int:
        """Descriptor a child process may inherit, so that the servers outlast the child too."""
        return self.descriptor

    def keep(self) -> bool:
        """Starts the keeper again if it is gone, at once, later each time it fails soon.

        Returns at once; tells whether a keeper was started. To be called every second or so.
        """
        if held(self.places.keeper_lock) or (self.keeper and self.keeper.poll() is None):
            return False
        if not self.backoff.due():
            return False
        self.keeper = start_keeper(self.places, self.options)
        return True

    def close(self) -> None:
        """Gives the claim up; the keeper stops the servers if it was the last one."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def close_and_wait(self, seconds: float = 40.0) -> None:
        """Gives the claim up; returns once the servers are gone, or at once while others hold them."""
        keeper = self._keeper_pid()
        self.close()
        if keeper and not self._others():
            with suppress(ProcessLookupError):
                os.kill(keeper, signal.SIGTERM)  # no lingering
            wait_until(lambda: not held(self.places.keeper_lock), seconds)
            if self.keeper:
                self.keeper.wait(seconds)

    def _keeper_pid(self) -> int | None:
        """The running keeper's process id: this lease's own, which may be starting still, or another's."""
        if self.keeper and self.keeper.poll() is None:
            return self.keeper.pid
        return state(self.places).get("pid") if held(self.places.keeper_lock) else None

    def _others(self) -> bool:
        """Whether some process still shares the servers (the keeper's own hold means they are stopping)."""
        descriptor = os.open(self.places.users_lock, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return not held(self.places.users_lock)
        except FileNotFoundError:
            return False
        finally:
            os.close(descriptor)
        return False

    def __enter__(self) -> "Lease":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def attach(
    data: Path, services: Sequence[str] = SERVICES, *, throw_away: bool = False, linger: float = 3.0
) -> Lease:
    """A lease on the data folder's servers, started if they are not running.

    throw_away trades durability for speed and deletes the folder at the end; linger is how many seconds
    the servers wait for the next lease. Raises EmbeddedError with a sentence for a person.
    """
    where = places(data)
    data.mkdir(parents=True, exist_ok=True)
    where.logs.mkdir(exist_ok=True)
    if server_user() and where.base == data:
        data.chmod(data.stat().st_mode | 0o011)  # PostgreSQL's account passes through, whatever the umask
    options = KeeperOptions(services, throw_away, linger)
    lease = Lease(where, _share(where.users_lock), options)
    try:
        lease.keeper = _ensure_keeper(where, options)
    except BaseException:
        lease.close()
        raise
    return lease


def held(lock: Path) -> bool:
    """Whether some process holds the lock file exclusively."""
    try:
        descriptor = os.open(lock, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def state(where: Places) -> dict:
    """What the keeper wrote last: pid, ready, services, or an error."""
    try:
        return json.loads(where.state.read_text())
    except (FileNotFoundError, ValueError):
        return {}


def _share(lock: Path) -> int:
    """Takes the lock shared, waiting while a keeper is stopping under its exclusive hold."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)

    def taken() -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    if not wait_until(taken, PATIENCE):
        os.close(descriptor)
        raise EmbeddedError("the embedded servers are still stopping; wait a moment and try again.")
    return descriptor


def _ensure_keeper(where: Places, options: KeeperOptions) -> subprocess.Popen[bytes] | None:
    deadline = time.monotonic() + PATIENCE
    started: subprocess.Popen[bytes] | None = None
    while time.monotonic() < deadline:
        if held(where.keeper_lock):
            known = state(where)
            if known.get("ready") and is_running(known["pid"]):  # not what a killed keeper left behind
                _check_services(known, options.services)
                return started
        elif started is None or started.poll() is not None:
            if started is not None and started.returncode:
                raise EmbeddedError(
                    state(where).get("error") or f"the keeper failed: {tail(where.logs / 'keeper.log', 1)}"
                )
            started = start_keeper(where, options)
        time.sleep(0.05)
    raise EmbeddedError(f"the embedded servers did not come up; see {where.logs}.")


def _check_services(known: dict, services: Sequence[str]) -> None:
    if missing := set(services) - set(known["services"]):
        raise EmbeddedError(
            f"the running instance has no {', '.join(sorted(missing))}; stop it and start it again."
        )
