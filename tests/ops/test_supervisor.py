"""make run: up, down, and in the way of somebody else."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from lusong_edu import embedded

from .instance import ROOT, environment, mentioning, new_instance, supervise, wait_for_line

pytestmark = pytest.mark.slow


@pytest.fixture
def instance():
    """A data folder and a free port; nothing of it may be left at the end."""
    with new_instance() as made:
        yield made


def test_run_serves_refuses_a_second_and_stops_without_a_trace(instance):
    folder, port = instance
    with supervise(folder, port) as first:
        wait_for_line(first, "Ready: ")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
            assert answer.status == 200
        with supervise(folder, port) as second:
            assert wait_for_line(second, "error: it already runs").endswith(
                "stop it there with Ctrl-C first.\n"
            )
        assert second.returncode == 1
        first.send_signal(signal.SIGINT)
        wait_for_line(first, "Stopped.")
    assert first.returncode == 0
    assert mentioning(folder) == []


def test_killed_supervisor_leaves_nothing_and_the_next_one_starts(instance):
    folder, port = instance
    with supervise(folder, port) as first:
        wait_for_line(first, "Ready: ")
        first.kill()
    with supervise(folder, port) as second:
        wait_for_line(second, "Ready: ")
        second.terminate()
        wait_for_line(second, "Stopped.")
    assert second.returncode == 0


def test_taken_port_is_one_sentence(instance):
    folder, port = instance
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with supervise(folder, port) as process:
            line = wait_for_line(process, "error: ")
    assert line == (
        f"error: port {port} cannot be used (Address already in use); "
        f"choose another: make run PORT={port + 80}\n"
    )
    assert process.returncode == 1


def test_reset_refuses_while_in_use_and_removes_only_its_own(instance):
    folder, port = instance
    (folder / "somebody-elses.txt").write_text("keep")
    reset = [sys.executable, "-m", "lusong_edu.reset"]
    with embedded.attach(folder, ["redis"]) as lease:
        done = subprocess.run(
            reset, cwd=ROOT, env=environment(folder, port), capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert done.stderr.startswith("error: a command still uses the database")
        lease.close_and_wait()
    subprocess.run(reset, cwd=ROOT, env=environment(folder, port), check=True, capture_output=True)
    assert (folder / "somebody-elses.txt").read_text() == "keep"
    assert not (folder / "redis").exists()


def test_make_installs_again_only_what_changed(tmp_path):
    for name in (
        "Makefile",
        "requirements.txt",
        "requirements-embedded.txt",
        "requirements-node.txt",
        "package.json",
        "package-lock.json",
    ):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    for stamp in (".venv/bin/pip", ".venv/.stamp-app", "node_modules/.stamp"):
        (tmp_path / stamp).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / stamp).touch()
    assert "Nothing to be done" in plan_of_make(tmp_path)
    newer = (tmp_path / ".venv/.stamp-app").stat().st_mtime + 10
    os.utime(tmp_path / "requirements.txt", (newer, newer))
    plan = plan_of_make(tmp_path)
    assert "tools/install_requirements.sh" in plan
    assert "tools/install_node_modules.sh" not in plan


def plan_of_make(folder: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", "-n", "install"], cwd=folder, env=clean, capture_output=True, text=True, check=True
    )
    return done.stdout
