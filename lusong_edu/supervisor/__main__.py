"""Starts everything in order, keeps it running, stops it in the reverse order."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from lusong_edu import embedded
from lusong_edu.embedded.processes import die_with_parent, tail, wait_until
from lusong_edu.messages import compile_messages
from lusong_edu.settings import environment

from .children import Child, end_previous, programs, stop_together

READY_PATIENCE = 60.0
EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - only when LUSONG_HOST asks for it  # nosec B104


class Stop(BaseException):
    """Somebody asked the system to stop."""


class Refusal(Exception):
    """The system cannot start; the message is one sentence that says what to do."""


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lusong_edu.settings.local")
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, _stop_once)
    try:
        with ExitStack() as stack:
            _run(environment.data_dir(), stack)
    except Stop:
        print("Stopped.", flush=True)
        return 0
    except (Refusal, embedded.EmbeddedError) as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


def _run(data: Path, stack: ExitStack) -> None:
    data.mkdir(parents=True, exist_ok=True)
    (data / "logs").mkdir(exist_ok=True)
    host, port = environment.bind_host(), environment.port()
    _claim(data, port, stack)
    end_previous(data)
    _check_port(host, port)
    _count_together(data / "metrics")
    lease = _servers(data, stack)
    compile_messages()
    _call("lusong_edu.first_run", "the database could not be prepared")
    inherited = (lease.fileno(),) if lease else ()
    children = [Child(name, command, data, inherited) for name, command in programs(data, host, port).items()]
    stack.callback(stop_together, children)
    for child in children:
        child.start()
    stack.callback(print, "\nStopping ...", flush=True)
    _wait_for_web(children[-1], host, port)
    _announce(host, port)
    while True:
        if lease and lease.keep():
            print("The embedded servers' keeper is gone; starting it again.", flush=True)
        for child in children:
            child.keep_alive()
        time.sleep(0.5)


def _count_together(folder: Path) -> None:
    """The folder in which web server and worker count for /metrics; it begins anew with them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(folder))


def _stop_once(signum: int, frame: FrameType | None) -> None:
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    raise Stop


def _claim(data: Path, port: int, stack: ExitStack) -> None:
    """One supervisor a data folder, by a lock that the kernel releases even after kill -9."""
    lock = stack.enter_context((data / "supervisor.lock").open("a+"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        raise Refusal(f"it already runs ({lock.read().strip()}); stop it there with Ctrl-C first.") from None
    lock.truncate(0)
    lock.write(f"process {os.getpid()}, http://127.0.0.1:{port}")
    lock.flush()


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refusal(
                f"port {port} cannot be used ({error.strerror}); choose another: make run PORT={port + 80}"
            ) from None


def _servers(data: Path, stack: ExitStack) -> embedded.Lease | None:
    services = environment.embedded_services()
    if not services:
        return None
    print(f"Starting embedded {' and '.join(services)} ...", flush=True)
    lease = embedded.attach(data, services)
    stack.callback(lease.close_and_wait)
    return lease


def _call(module: str, complaint: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module], check=False, preexec_fn=die_with_parent(signal.SIGTERM)
    )
    if done.returncode:
        raise Refusal(f"{complaint}: see the lines above.")


def _wait_for_web(web: Child, host: str, port: int) -> None:
    def answers() -> bool:
        try:
            socket.create_connection(("127.0.0.1" if host in EVERYWHERE else host, port), timeout=1).close()
        except OSError:
            return False
        return True

    if not wait_until(answers, READY_PATIENCE):
        raise Refusal(f"the web server did not start; its log ends: {tail(web.log)}")


def _announce(host: str, port: int) -> None:
    address = "127.0.0.1" if host in EVERYWHERE else host
    print(f"\nReady: http://{address}:{port}   (Ctrl-C stops everything)\n", flush=True)
    subprocess.run([sys.executable, "-m", "lusong_edu.supervisor.accounts"], check=False)


if __name__ == "__main__":
    sys.exit(main())
