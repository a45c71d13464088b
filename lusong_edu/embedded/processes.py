"""Child processes that never outlive their parent, and what a killed parent may have left behind."""

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(signum: signal.Signals) -> Callable[[], None]:
    """A preexec_fn: the kernel sends the child this signal when its parent is gone, even by kill -9."""
    parent = os.getpid()

    def in_child() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(signum), 0, 0, 0)
        if os.getppid() != parent:  # it died before the request was made
            os._exit(1)

    return in_child


def processes_in(folder: Path, program: str) -> list[int]:
    """Processes of that program whose working directory is the folder; both servers do so."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if os.readlink(entry / "cwd") != str(folder):
                continue
            if (entry / "comm").read_text().strip().startswith(program) and not _is_zombie(entry):
                found.append(int(entry.name))
        except OSError:  # gone meanwhile, or another user's
            continue
    return found


def _is_zombie(entry: Path) -> bool:
    return (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"


def is_running(pid: int) -> bool:
    """Tell whether the process still runs; one that has ended but was not waited for does not."""
    try:
        return not _is_zombie(Path("/proc") / str(pid))
    except OSError:
        return False


def send(pids: Iterable[int], signum: signal.Signals) -> None:
    """Signals every process that still exists."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signum)


def stop_leftovers(folder: Path, program: str, steps: Iterable[tuple[signal.Signals, float]]) -> None:
    """Ends what a killed keeper left in the folder: each signal in turn, with its patience in seconds."""
    for signum, patience in steps:
        if not (pids := processes_in(folder, program)):
            return
        send(pids, signum)
        wait_until(lambda: not processes_in(folder, program), patience)


def wait_until(condition: Callable[[], bool], seconds: float, *, interval: float = 0.05) -> bool:
    """Waits for the condition; tells whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(interval)
    return True


def tail(path: Path, lines: int = 3) -> str:
    """The last lines of a log, on one line."""
    try:
        return " | ".join(path.read_text(errors="replace").strip().splitlines()[-lines:])
    except OSError:
        return "no log"
