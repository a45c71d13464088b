"""Web servers under measurement."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks import client, place
from benchmarks.client import Load, request

WORKERS = 2
PRODUCT, MINIMAL = "lusong_edu.settings.production", "benchmarks.settings_minimal"
PRODUCTION, SYNC = "production's configuration", "gunicorn sync"
KINDS = {
    PRODUCTION: ["-m", "gunicorn", "--config", "python:lusong_edu.gunicorn_conf"],
    SYNC: ["-m", "gunicorn", "--worker-class", "sync", "--workers", str(WORKERS)],
    "gunicorn gthread": [
        *("-m", "gunicorn", "--worker-class", "gthread", "--workers", str(WORKERS)),
        *("--threads", "4"),
    ],
    "granian wsgi": [
        *("-m", "granian", "--interface", "wsgi", "--workers", str(WORKERS), "--blocking-threads", "1"),
    ],
}
COMPARED = tuple(kind for kind in KINDS if kind != PRODUCTION)


def is_installed(kind: str) -> bool:
    """Tell whether a kind of server can be run; granian is there for developers alone."""
    if find_spec(KINDS[kind][1]) is not None:
        return True
    print(f"note: {KINDS[kind][1]} is not installed; its row is left out", flush=True)
    return False


@dataclass
class Server:
    port: int
    process: subprocess.Popen[bytes]

    def processes(self) -> list[int]:
        """The server's process and its workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]


def collect_static(database: str) -> None:
    """Gather, compress and name the static files as production does."""
    place.run("-m", "lusong_edu.messages", database=database)
    place.run("manage.py", "collectstatic", "--noinput", "-v0", database=database)


def log(name: str) -> Path:
    """Where a server's lines go: the product writes one a request, as in production."""
    path = place.DATA / "logs" / f"{name}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def serving(database: str, *, kind: str = SYNC, settings: str = PRODUCT) -> Iterator[Server]:
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
    environment |= {"LUSONG_WEB_WORKERS": str(WORKERS)}
    with log(kind.split()[0]).open("ab") as lines:
        process = subprocess.Popen(
            command, cwd=place.ROOT, env=environment, stdout=lines, stderr=lines, start_new_session=True
        )
    try:
        _wait(port, process, "/minimal/" if settings == MINIMAL else "/healthz")
        yield Server(port, process)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _wait(port: int, process: subprocess.Popen[bytes], path: str) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit("the web server did not start")
        try:
            if request(port, path).status in (200, 302):
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("the web server does not answer")


def load(server: Server, path: str, *, headers: dict[str, str], seconds: float, clients: int = 4) -> Load:
    """Ask a server for one address as fast as the answers come; its work and the database's are counted."""
    pids = server.processes() + place.backends()
    return client.load(server.port, path, headers=headers, seconds=seconds, clients=clients, pids=pids)


def plain_cookies_of(username: str) -> dict[str, str]:
    """Log an account in as Django itself does it, for the minimal page."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from apps.accounts.models import User

    user, session = User.objects.get(username=username), SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session.create()
    return {"Cookie": f"sessionid={session.session_key}"}


def cookies_of(username: str) -> dict[str, str]:
    """Log an account of the benchmark database in and return the header with its session."""
    from django.test import Client

    from apps.accounts.models import User

    browser = Client(headers={"x-forwarded-proto": "https"})
    browser.force_login(User.objects.get(username=username))
    browser.get("/notices/")  # gives the browser's secret for forms
    return {"Cookie": "; ".join(f"{name}={value.value}" for name, value in browser.cookies.items())}
