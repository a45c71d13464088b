"""A claim on the embedded servers: they run as long as anybody holds one."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from .errors import EmbeddedError
from .places import Places, places, server_user
from .processes import tail, wait_until

PATIENCE = 90.0
SERVICES = ("postgres", "redis")


class Detached(subprocess.Popen[bytes]):
    """A child that outlives this process on purpose, so that leaving it running is no mistake to warn of."""

    def __del__(self) -> None:
        self.poll()


class Lease:
    """Holds the servers up until closed; the kernel closes it when the process dies."""

    def __init__(self, where: Places, descriptor: int) -> None:
        self.places = where
        self.descriptor = descriptor
        self.keeper: subprocess.Popen[bytes] | None = None
        """The keeper, when this lease was the one that started it."""

    def fileno(self) -> int:
        """Descriptor a child process may inherit, so that the servers outlast the child too."""
        return self.descriptor

    def close(self) -> None:
        """Gives the claim up; the keeper stops the servers if it was the last one."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def close_and_wait(self, seconds: float = 40.0) -> None:
        """Gives the claim up; returns once the servers are gone, or at once while others hold them."""
        keeper = state(self.places).get("pid")
        self.close()
        if keeper and held(self.places.keeper_lock) and not self._others():
            os.kill(keeper, signal.SIGTERM)  # no lingering
            wait_until(lambda: not held(self.places.keeper_lock), seconds)
            if self.keeper:
                self.keeper.wait(seconds)

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
    lease = Lease(where, _share(where.users_lock))
    try:
        lease.keeper = _ensure_keeper(where, services, throw_away=throw_away, linger=linger)
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


def _ensure_keeper(
    where: Places, services: Sequence[str], *, throw_away: bool, linger: float
) -> subprocess.Popen[bytes] | None:
    deadline = time.monotonic() + PATIENCE
    started: subprocess.Popen[bytes] | None = None
    while time.monotonic() < deadline:
        if held(where.keeper_lock):
            known = state(where)
            if known.get("ready"):
                _check_services(known, services)
                return started
        elif started is None or started.poll() is not None:
            if started is not None and started.returncode:
                raise EmbeddedError(
                    state(where).get("error") or f"the keeper failed: {tail(where.logs / 'keeper.log', 1)}"
                )
            started = _start_keeper(where, services, throw_away=throw_away, linger=linger)
        time.sleep(0.05)
    raise EmbeddedError(f"the embedded servers did not come up; see {where.logs}.")


def _check_services(known: dict, services: Sequence[str]) -> None:
    if missing := set(services) - set(known["services"]):
        raise EmbeddedError(
            f"the running instance has no {', '.join(sorted(missing))}; stop it and start it again."
        )


def _start_keeper(
    where: Places, services: Sequence[str], *, throw_away: bool, linger: float
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "lusong_edu.embedded.keeper", str(where.data), f"--linger={linger}"]
    command += [f"--service={name}" for name in services] + (["--throw-away"] if throw_away else [])
    with (where.logs / "keeper.log").open("ab") as log:
        return Detached(
            command,
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
