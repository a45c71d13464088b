"""The supervised programs: web server, Celery worker and beat."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from lusong_edu.celery import QUEUES
from lusong_edu.embedded.processes import die_with_parent, wait_until

STEADY_SECONDS = 30.0
"""A child that lived this long has recovered: its next failure is restarted at once."""
LONGEST_PAUSE = 30.0


def programs(data: Path, host: str, port: int) -> dict[str, list[str]]:
    """Command lines by name, in starting order."""
    celery = [sys.executable, "-m", "celery", "-A", "lusong_edu"]
    web = [sys.executable, "-m", "gunicorn", "lusong_edu.wsgi", "--bind", f"{host}:{port}"]
    web += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--graceful-timeout", "10"]
    web += ["--no-control-socket", "--access-logfile", "-"]
    return {
        "worker": [
            *celery,
            "worker",
            "-Q",
            ",".join(QUEUES),
            "-c",
            "2",
            "-l",
            "INFO",
            "--without-gossip",
            "--without-mingle",
        ],
        "beat": [
            *celery,
            "beat",
            "-l",
            "INFO",
            "--schedule",
            str(data / "celerybeat-schedule"),
            "--pidfile=",
        ],
        "web": web,
    }


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


class Child:
    """One program in a process group of its own, started again when it crashes."""

    def __init__(self, name: str, command: list[str], data: Path, inherited: Sequence[int]) -> None:
        self.name = name
        self.command = command
        self.log = data / "logs" / f"{name}.log"
        self.record = data / f"child-{name}.json"
        self.inherited = inherited
        self.process: subprocess.Popen[bytes] | None = None
        self.pause = 1.0
        self.started = self.restart_at = 0.0

    def start(self) -> None:
        """Starts the program; it holds the embedded servers' lease as long as it lives."""
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
        self.started, self.restart_at = time.monotonic(), 0.0
        self.record.write_text(json.dumps({"pid": self.process.pid, "started": start_time(self.process.pid)}))

    def keep_alive(self) -> None:
        """Starts the program again after a crash, pausing longer each time it fails soon."""
        if self.process is None or self.process.poll() is None:
            return
        if not self.restart_at:
            _signal_group(self.process.pid, signal.SIGKILL)  # children that lost their parent
            steady = time.monotonic() - self.started > STEADY_SECONDS
            self.pause = 1.0 if steady else min(self.pause * 2, LONGEST_PAUSE)
            self.restart_at = time.monotonic() + self.pause
            print(
                f"{self.name} ended ({self.process.returncode}); starting it again, see {self.log}",
                flush=True,
            )
        elif time.monotonic() >= self.restart_at:
            self.start()

    def stop(self) -> None:
        """Asks the program to finish, insists after 20 seconds, and leaves no process of its group."""
        if self.process is None:
            return
        group = self.process.pid
        for signum, patience in ((signal.SIGTERM, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            if self.process.poll() is None:
                self.process.send_signal(signum)
                wait_until(lambda: self.process is None or self.process.poll() is not None, patience)
        _signal_group(group, signal.SIGKILL)
        self.record.unlink(missing_ok=True)
