"""A whole system of its own, as make run starts it, for tests that treat it badly."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lusong_edu.embedded.processes import wait_until

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def new_instance() -> Iterator[tuple[Path, int]]:
    """(data folder, free port); waits at the end until no process of the instance is left."""
    folder = Path(tempfile.mkdtemp(prefix="lusong-run-"))
    folder.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    yield folder, port
    assert wait_until(lambda: mentioning(folder) == [], 40), mentioning(folder)
    shutil.rmtree(folder, ignore_errors=True)


def environment(folder: Path, port: int) -> dict[str, str]:
    """As a person's shell would have it: none of the test run's own variables."""
    ours = ("DJANGO_", "LUSONG_", "PYTEST_", "DATABASE_URL", "REDIS_URL")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return clean | {"LUSONG_DATA_DIR": str(folder), "PORT": str(port), "LUSONG_LOAD": "0"}


def mentioning(folder: Path) -> list[str]:
    """Command lines of all processes of this instance, by the folder in their environment or arguments."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            blob = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            if (
                str(folder).encode() in blob
                and "Z" not in (entry / "stat").read_text().rpartition(")")[2][:3]
            ):
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


@contextmanager
def supervise(folder: Path, port: int, **more: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "lusong_edu.supervisor"],
        cwd=ROOT,
        env=environment(folder, port) | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    except BaseException:
        process.kill()
        raise
    finally:
        process.wait(60)
        assert process.stdout is not None
        process.stdout.close()


def wait_for_line(process: subprocess.Popen[str], start: str) -> str:
    assert process.stdout is not None
    seen = []
    for line in process.stdout:
        seen.append(line)
        if line.startswith(start):
            return line
    raise AssertionError("".join(seen))
