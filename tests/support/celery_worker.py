"""A Celery worker in a process of its own, on this test process's database and Redis number."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from django.db import connection

from lusong_edu.celery import QUEUES
from lusong_edu.embedded.processes import die_with_parent, wait_until


class CeleryWorker:
    """Start, stop, or kill it in the middle of something."""

    def __init__(self, log: Path, *, concurrency: int = 1, modules: Sequence[str] = ()) -> None:
        self.log = log
        self.modules = modules
        self.concurrency = concurrency
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the worker and returns once it takes tasks."""
        self.log.unlink(missing_ok=True)
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "lusong_edu",
            "worker",
            "-Q",
            ",".join(QUEUES),
            "-l",
            "INFO",
        ]
        command += [argument for module in self.modules for argument in ("--include", module)]
        command += ["-c", str(self.concurrency), "--without-gossip", "--without-mingle"]
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "lusong_edu.settings.test",
            "LUSONG_TEST_DATABASE": connection.settings_dict["NAME"],
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        if not wait_until(self._ready, 30):
            self.kill()
            raise RuntimeError(f"the Celery worker did not start:\n{self.log.read_text()[-3000:]}")

    def _ready(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise RuntimeError(f"the Celery worker ended:\n{self.log.read_text()[-3000:]}")
        return " ready." in self.log.read_text()

    def kill(self) -> None:
        """kill -9, with its pool."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
            self.process = None

    def stop(self) -> None:
        """Lets it finish its task."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        self.kill()
