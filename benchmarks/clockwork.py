"""Measuring work: wall time, and the processor time of this process and of its database connection.

On a machine that others use as well, wall time tells what they do; processor time tells what we do.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Work:
    """Seconds: on the wall, and on processors."""

    wall: float = 0.0
    processor: float = 0.0


def processor_seconds(pid: int) -> float:
    """Return the processor time a process has used so far; one that is gone has used nothing."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK


def schedule_seconds(pid: int) -> float:
    """Return the same to the nanosecond, as the scheduler counts it."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (OSError, ValueError):
        return processor_seconds(pid)


def threads_seconds(pid: int) -> float:
    """Return the same for all threads that a process has now."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")
        return (
            sum(int(Path(f"/proc/{pid}/task/{one}/schedstat").read_text().split()[0]) for one in threads)
            / 1e9
        )
    except (OSError, ValueError):
        return processor_seconds(pid)


def family_seconds(pid: int) -> float:
    """Return the same for a process and its children, those included that have ended by now."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    ended = (int(fields[13]) + int(fields[14])) / TICK
    return ended + threads_seconds(pid) + sum(threads_seconds(int(child)) for child in children)


@contextmanager
def measured(*backends: int) -> Iterator[Work]:
    """Measure what happens inside: this process and the given database processes together."""
    work = Work()
    pids = (os.getpid(), *backends)
    before, started = sum(map(schedule_seconds, pids)), time.perf_counter()
    yield work
    work.wall = time.perf_counter() - started
    work.processor = sum(map(schedule_seconds, pids)) - before


def percentile(values: list[float], share: float) -> float:
    """Return the smallest value that is at least as large as `share` of all."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(len(ordered) * share * 1000) // 1000) - 1))]
