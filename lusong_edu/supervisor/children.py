"""The supervised programs: web server, Celery worker and beat."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lusong_edu.celery import QUEUES
from lusong_edu.embedded.backoff import Backoff
from lusong_edu.embedded.processes import die_with_parent, wait_until

LARGEST_LOG = 20_000_000
"""Bytes; a larger log is put aside (one old file is kept) when its program starts."""


def programs(data: Path, host: str, port: int) -> dict[str, list[str]]:
    """Command lines by name, in starting order."""
    quiet = ["-W", "ignore:You're running the worker with superuser privileges"]
    celery = [sys.executable, *quiet, "-m", "celery", "-A", "lusong_edu"]
    worker = ["worker", "-Q", ",".join(QUEUES), "-c", "2", "--without-gossip", "--without-mingle"]
    beat = ["beat", "--schedule", str(data / "celerybeat-schedule"), "--pidfile="]
    web = [sys.executable, "-m", "gunicorn", "lusong_edu.wsgi", "--bind", f"{host}:{port}"]
    web += ["--worker-class", "gthread", "--workers", "2", "--threads", "16", "--graceful-timeout", "4"]
    web += ["--preload", "--no-control-socket", "--access-logfile", str(data / "logs" / "access.log")]
    return {"worker": [*celery, *worker, "-l", "INFO"], "beat": [*celery, *beat, "-l", "INFO"], "web": web}


def end_previous(data: Path) -> None:
    """Ends what a killed supervisor left behind; the kernel has told those children to stop already."""
    for record in data.glob("child-*.json"):
        known = json.loads(record.read_text())
        group, started = known["pid"], known["started"]

        def gone(group: int = group, started: str = started) -> bool:
            return start_time(group) != started

        if not wait_until(gone, 10):
            _signal_group(group, signal.SIGKILL)
            wait_until(gone, 5)
        record.unlink()


def start_time(pid: int) -> str | None:
    """Ticks from boot to the process's start, which with its id name it for good; None if it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def _signal_group(group: int, signum: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signum)


def stop_together(children: Sequence["Child"]) -> None:
    """Asks all of them to finish at once, insists in turn, and leaves no process of their groups."""
    for signum, patience in ((signal.SIGTERM, 12.0), (signal.SIGQUIT, 3.0), (signal.SIGKILL, 5.0)):
        for child in children:
            child.signal(signum)
        if wait_until(lambda: not any(child.alive for child in children), patience):
            break
    for child in children:
        child.forget()


class Child:
    """One program in a process group of its own, started again when it crashes."""

    def __init__(self, name: str, command: list[str], data: Path, inherited: Sequence[int]) -> None:
        self.name = name
        self.command = command
        self.log = data / "logs" / f"{name}.log"
        self.record = data / f"child-{name}.json"
        self.inherited = inherited
        self.process: subprocess.Popen[bytes] | None = None
        self.backoff = Backoff()

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Starts the program; it holds the embedded servers' lease as long as it lives."""
        _put_aside(self.log)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=self.inherited,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        self.record.write_text(json.dumps({"pid": self.process.pid, "started": start_time(self.process.pid)}))

    def keep_alive(self) -> None:
        """Starts the program again after a crash, pausing longer each time it fails soon."""
        if self.alive:
            return
        if self.process is not None:
            print(
                f"{self.name} ended ({self.process.returncode}); starting it again, see {self.log}",
                flush=True,
            )
            self.forget()
        if self.backoff.due():
            self.start()

    def signal(self, signum: signal.Signals) -> None:
        if self.alive and self.process is not None:
            self.process.send_signal(signum)

    def forget(self) -> None:
        """Ends what is left of the program's group, such as pool processes that lost their parent."""
        if self.process is not None:
            _signal_group(self.process.pid, signal.SIGKILL)
            self.process = None
        self.record.unlink(missing_ok=True)


def _put_aside(log: Path) -> None:
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".old.log"))
