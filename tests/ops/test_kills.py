"""kill -9 of each part while the whole system runs: it comes back, and the number arrives."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from lusong_edu.embedded.lease import state
from lusong_edu.embedded.places import places
from lusong_edu.embedded.processes import processes_in, wait_until

from .instance import ROOT, environment, new_instance, supervise, wait_for_line

pytestmark = [pytest.mark.slow, pytest.mark.worker, pytest.mark.xdist_group("kills")]
FAST_SWEEP = {"LUSONG_SWEEP_SECONDS": "3"}


@pytest.fixture(scope="module")
def system():
    """A running system and a program that accepts facts in it: (data folder, port, ask, supervisor)."""
    with new_instance() as (folder, port), supervise(folder, port, **FAST_SWEEP) as supervisor:
        wait_for_line(supervisor, "Ready: ")
        settings = environment(folder, port) | {"DJANGO_SETTINGS_MODULE": "lusong_edu.settings.local"}
        program = subprocess.Popen(
            [sys.executable, "-m", "tests.ops.acceptance"],
            cwd=ROOT,
            env=settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        assert program.stdout.readline() == "ready\n"

        def ask(line: str) -> str:
            program.stdin.write(line + "\n")
            return program.stdout.readline().strip()

        yield folder, port, ask
        with program:
            program.stdin.close()
        supervisor.send_signal(signal.SIGINT)
        wait_for_line(supervisor, "Stopped.")


def kill(pids: list[int]) -> None:
    assert pids != []
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def postgres_of(folder: Path) -> list[int]:
    return processes_in(places(folder).postgres, "postgres")


def redis_of(folder: Path) -> list[int]:
    return processes_in(places(folder).redis, "redis-server")


def keeper_of(folder: Path) -> list[int]:
    known = state(places(folder))
    return [known["pid"]] if known.get("ready") else []


def worker_of(folder: Path) -> list[int]:
    with contextlib.suppress(FileNotFoundError, ValueError):  # between two workers
        return [json.loads((folder / "child-worker.json").read_text())["pid"]]
    return []


def revived(now: list[int], before: list[int]) -> bool:
    return now != [] and set(now).isdisjoint(before)


def healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz?only=serving", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def arrives(ask, number: str) -> bool:
    return wait_until(lambda: ask("read") == number, 120, interval=0.3)


@pytest.mark.parametrize(
    ("number", "victim"),
    [("11", postgres_of), ("12", keeper_of), ("13", redis_of)],
    ids=["postgres", "keeper", "redis"],
)
def test_killed_right_after_an_acceptance(system, number, victim):
    folder, port, ask = system
    assert ask(f"accept {number}") == "accepted"
    before = victim(folder)
    kill(before)
    assert wait_until(lambda: revived(victim(folder), before), 20)
    assert wait_until(lambda: healthy(port), 20)
    assert arrives(ask, number)


def test_redis_gone_during_an_acceptance(system):
    folder, _, ask = system
    redis = redis_of(folder)
    for pid in redis:
        os.kill(pid, signal.SIGSTOP)  # it takes connections and answers nothing: the nudge is lost
    assert ask("accept 21") == "accepted"
    kill(redis)
    assert arrives(ask, "21")


def test_worker_killed_in_the_middle_of_a_refresh(system):
    folder, _, ask = system
    ask("hold")
    ask("accept 31")
    assert wait_until(lambda: ask("waiting") != "0", 20, interval=0.1)
    worker = worker_of(folder)
    os.killpg(worker[0], signal.SIGKILL)
    ask("release")
    assert wait_until(lambda: revived(worker_of(folder), worker), 20)
    assert arrives(ask, "31")
