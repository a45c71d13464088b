"""Worker and beat as `make run` starts them, and what processes hold of memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks import place, web


@contextmanager
def running(name: str, database: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Celery program on a benchmark database; it ends with the block."""
    environment = os.environ | place.environment(database)
    command = [sys.executable, "-m", "celery", "-A", "lusong_edu", *arguments]
    with web.log(name).open("ab") as lines:
        process = subprocess.Popen(
            command, cwd=place.ROOT, env=environment, stdout=lines, stderr=lines, start_new_session=True
        )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def worker(database: str) -> Iterator[subprocess.Popen[bytes]]:
    from lusong_edu.celery import QUEUES

    options: Sequence[str] = ("-c", "2", "--without-gossip", "--without-mingle", "-l", "WARNING")
    with running("worker", database, "worker", "-Q", ",".join(QUEUES), *options) as process:
        yield process


@contextmanager
def beat(database: str) -> Iterator[subprocess.Popen[bytes]]:
    schedule = str(place.DATA / "beat-schedule")
    with running("beat", database, "beat", "--pidfile=", "--schedule", schedule, "-l", "WARNING") as process:
        yield process


def children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def megabytes(pid: int, kind: str = "Rss") -> float:
    """Return what a process holds: `Rss` with what it shares, `Pss` with its part of that; 0 if gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{kind}:")) / 1024
