"""Web servers under measurement, and a client that costs little itself."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import place
from benchmarks.clockwork import percentile, processor_seconds

WORKERS = 2
PRODUCT, MINIMAL = "lusong_edu.settings.production", "benchmarks.settings_minimal"
KINDS = {
    "gunicorn sync": ["-m", "gunicorn", "--worker-class", "sync", "--workers", str(WORKERS)],
    "gunicorn gthread": [
        *("-m", "gunicorn", "--worker-class", "gthread", "--workers", str(WORKERS)),
        *("--threads", "4"),
    ],
    "granian wsgi": [
        *("-m", "granian", "--interface", "wsgi", "--workers", str(WORKERS), "--blocking-threads", "1"),
    ],
}


@dataclass
class Server:
    port: int
    process: subprocess.Popen[bytes]

    def processes(self) -> list[int]:
        """The server's process and its workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def processor(self) -> float:
        return sum(map(processor_seconds, self.processes()))


def collect_static(database: str) -> None:
    """Gather, compress and name the static files as production does."""
    place.run("-m", "lusong_edu.messages", database=database)
    place.run("manage.py", "collectstatic", "--noinput", "-v0", database=database)


@contextmanager
def serving(database: str, *, kind: str = "gunicorn sync", settings: str = PRODUCT) -> Iterator[Server]:
    """Run a web server of one kind on a benchmark database; it ends with the block."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, *KINDS[kind]]
    if "granian" in kind:
        command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
        command += ["lusong_edu.wsgi:application"]
    else:
        command += ["--bind", f"127.0.0.1:{port}", "--no-control-socket", "--log-level", "warning"]
        command += ["lusong_edu.wsgi"]
    environment = os.environ | place.environment(database) | {"DJANGO_SETTINGS_MODULE": settings}
    process = subprocess.Popen(command, cwd=place.ROOT, env=environment, start_new_session=True)
    try:
        _wait(port, process)
        yield Server(port, process)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit("the web server did not start")
        try:
            if request(port, "/login/").status in (200, 302, 404):
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("the web server does not answer")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def request(
    port: int, path: str, *, method: str = "GET", headers: dict[str, str] | None = None, body: bytes = b""
) -> Answer:
    """Ask once, over a connection of its own, as a proxy in front of synchronous workers does."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", "X-Forwarded-Proto: https"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    lines += [f"Content-Length: {len(body)}"] if body or method == "POST" else []
    with closing(socket.create_connection(("127.0.0.1", port), timeout=120)) as wire:
        wire.sendall(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
        parts = []
        while part := wire.recv(1 << 18):
            parts.append(part)
    head, _, content = b"".join(parts).partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    found = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
    return Answer(int(first.split()[1]), found, content)


@dataclass
class Load:
    """What a client saw: seconds for each request, by how many a second, processor time of the server."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    wall: float = 0.0
    processor: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.wall

    @property
    def each(self) -> float:
        """Processor seconds of the server's processes for one request."""
        return self.processor / max(len(self.seconds), 1)

    def p95(self) -> float:
        return percentile(self.seconds, 0.95)


def load(server: Server, path: str, *, headers: dict[str, str], seconds: float, clients: int = 4) -> Load:
    """Ask for one address as fast as the answers come."""
    found, until, lock = Load(), time.perf_counter() + seconds, threading.Lock()

    def ask() -> None:
        own: list[float] = []
        statuses: dict[int, int] = {}
        while (started := time.perf_counter()) < until:
            status = request(server.port, path, headers=headers).status
            own.append(time.perf_counter() - started)
            statuses[status] = statuses.get(status, 0) + 1
        with lock:
            found.seconds += own
            for status, count in statuses.items():
                found.statuses[status] = found.statuses.get(status, 0) + count

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    before, started = server.processor(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.wall, found.processor = time.perf_counter() - started, server.processor() - before
    return found


def cookies_of(username: str) -> dict[str, str]:
    """Log an account of the benchmark database in and return the header with its session."""
    from django.test import Client

    from apps.accounts.models import User

    client = Client(headers={"x-forwarded-proto": "https"})
    client.force_login(User.objects.get(username=username))
    client.get("/notices/")  # gives the browser's secret for forms
    return {"Cookie": "; ".join(f"{name}={value.value}" for name, value in client.cookies.items())}
