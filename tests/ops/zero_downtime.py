"""A new version while people work: python -m tests.ops.zero_downtime [--old COMMIT].

The version before the newest migration serves readers and reporters on a socket that is held for it, as
systemd does. Meanwhile the new version migrates against a transaction that holds a table; then the web server
is changed for the new one. Exit code 1 if a request failed or a return that was confirmed is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import lxml.html
import psycopg2
import requests

from lusong_edu import embedded
from lusong_edu.embedded.places import DATABASE, PORT, USER, places

ROOT = Path(__file__).resolve().parents[2]
RETURNS = 40
PREPARE = """
import json, sys
import django
django.setup()
from pathlib import Path
from tests.chaos.people import Person
from tests.chaos.world import World
from tests.factories import UserFactory
world = World(Path("/"), int(sys.argv[1]))
reader = UserFactory(role="leader", region=world.district.plan.region)
people = [reader] + [world.draft()[1] for _ in range(int(sys.argv[2]))]
sessions = [Person(one, world.home).session for one in people]
print(json.dumps([[dict(one.cookies), dict(one.headers)] for one in sessions]))
"""
PAGES = ("/plans/2025/", "/completeness/2025/", "/schools/", "/measures/", "/methods/")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--old", help="a commit; otherwise the one before the newest migration")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="lusong-versions-"))
    folder.chmod(0o755)
    lease = embedded.attach(folder / "data")
    try:
        return play(folder, options.old or before_the_newest_migration(folder))
    finally:
        lease.close_and_wait()
        shutil.rmtree(folder, ignore_errors=True)


def before_the_newest_migration(folder: Path) -> str:
    """The newest commit of which an empty database can be made and that does not have every migration yet."""
    for newest in git("log", "-9", "--format=%H", "--", "apps/*/migrations/*.py").splitlines():
        commit = git("rev-parse", f"{newest}^")
        trial = checked_out(folder / "trial", commit)
        try:
            run(trial, environment_of(folder), "manage.py", "makemigrations", "--check", "--dry-run")
        except subprocess.CalledProcessError:  # two leaves, or models ahead of them: no version of its own
            continue
        else:
            return commit
        finally:
            shutil.rmtree(trial)
    raise SystemExit("error: no earlier version can be made")


def git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()


def play(folder: Path, commit: str) -> int:
    old = checked_out(folder / "old", commit)
    environment = environment_of(folder)
    listening = socket.create_server(("127.0.0.1", 0), backlog=128)
    port = listening.getsockname()[1]
    say(f"the old version is {commit[:8]}")
    run(old, environment, "manage.py", "migrate", "--verbosity", "0")
    prepared = run(old, environment, "-c", PREPARE, str(port), str(RETURNS))
    people = [session(*one) for one in json.loads(prepared.splitlines()[-1])]
    home = f"http://127.0.0.1:{port}"
    web = serve(old, environment, listening)
    wait_until_it_answers(home)
    crowd = Crowd(home, people[0], people[1:])
    with crowd.at_work():
        time.sleep(5)
        say("the new version migrates; somebody's long transaction holds a table for eight seconds")
        with held(folder, "collection_submission", 8.0):
            seconds = migrate(environment)
        say(f"migrated in {seconds:.1f} s")
        time.sleep(3)
        begun = time.monotonic()
        web.terminate()
        web.wait(60)
        web = serve(ROOT, environment, listening)
        wait_until_it_answers(home)
        say(f"the web server was changed in {time.monotonic() - begun:.1f} s")
        time.sleep(8)
    web.terminate()
    web.wait(60)
    missing = crowd.told - handed_in(folder)
    say(crowd.words() + f"; {crowd.told} returns confirmed, {max(missing, 0)} of them missing")
    return int(bool(crowd.failures or missing > 0))


def checked_out(folder: Path, commit: str) -> Path:
    """The files of a commit with this checkout's packages."""
    folder.mkdir()
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
    subprocess.run(["tar", "-xf", "-", "-C", folder], input=archive, check=True)
    for name in (".venv", "node_modules"):
        (folder / name).symlink_to((ROOT / name).resolve())
    return folder


def environment_of(folder: Path) -> dict[str, str]:
    data = folder / "data"
    where = quote(str(places(data).postgres_socket_dir), safe="")
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "lusong_edu.settings.local",
        "LUSONG_DATA_DIR": str(data),
        "DATABASE_URL": f"postgresql://{USER}@/{DATABASE}?host={where}&port={PORT}",
        "REDIS_URL": embedded.redis_url(data),
        "LUSONG_LOCK_TIMEOUT": "3",
    }


def run(folder: Path, environment: dict[str, str], *arguments: str) -> str:
    """A Python program of one of the versions, to its end; what it says when it fails is passed on."""
    command = [folder / ".venv/bin/python", *arguments]
    where = environment | {"PYTHONPATH": str(folder)}
    done = subprocess.run(command, cwd=folder, env=where, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.stderr.write(done.stderr[-2000:])
        raise subprocess.CalledProcessError(done.returncode, command[:2])
    return done.stdout


def migrate(environment: dict[str, str]) -> float:
    begun = time.monotonic()
    done = subprocess.run(
        [ROOT / ".venv/bin/python", "manage.py", "migrate", "--verbosity", "1"],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    for text in (*done.stdout.splitlines(), *done.stderr.splitlines()):
        if "Applying" in text or "in use" in text:
            say(text.strip())
    return time.monotonic() - begun


def serve(folder: Path, environment: dict[str, str], listening: socket.socket) -> subprocess.Popen[bytes]:
    """gunicorn on a socket that it is handed, as systemd hands it over."""

    def hand_over() -> None:
        os.dup2(listening.fileno(), 3)
        os.set_inheritable(3, True)

    command = (
        "LISTEN_PID=$$ LISTEN_FDS=1 exec .venv/bin/python -m gunicorn lusong_edu.wsgi --worker-class gthread"
    )
    command += " --workers 2 --threads 4 --graceful-timeout 20 --log-level warning --no-control-socket"
    return subprocess.Popen(
        ["sh", "-c", command], cwd=folder, env=environment, preexec_fn=hand_over, close_fds=False
    )


@contextmanager
def held(folder: Path, table: str, seconds: float) -> Iterator[None]:
    """Somebody reads the table in a transaction that stays open for so long."""
    where = places(folder / "data").postgres_socket_dir
    other = psycopg2.connect(dbname=DATABASE, user=USER, host=str(where), port=PORT)
    with other.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN ACCESS SHARE MODE")
    timer = threading.Timer(seconds, other.close)
    timer.start()
    try:
        yield
    finally:
        timer.join()


def handed_in(folder: Path) -> int:
    where = places(folder / "data").postgres_socket_dir
    other = psycopg2.connect(dbname=DATABASE, user=USER, host=str(where), port=PORT)
    with other.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM collection_submission WHERE status = 'submitted'")
        count = int(cursor.fetchone()[0])
    other.close()
    return count


def session(cookies: dict[str, str], headers: dict[str, str]) -> requests.Session:
    made = requests.Session()
    made.cookies.update(cookies)
    made.headers.update(headers)
    return made


def wait_until_it_answers(home: str) -> None:
    assert requests.get(f"{home}/healthz", timeout=120).status_code == 200


class Crowd:
    """Two who read all the time, and one return that is handed in each second."""

    def __init__(self, home: str, reader: requests.Session, reporters: list[requests.Session]) -> None:
        self.home, self.reader, self.reporters = home, reader, reporters
        self.statuses: Counter[str] = Counter()
        self.failures: list[str] = []
        self.slowest, self.told, self.logged_out = 0.0, 0, 0
        self.stop = threading.Event()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        threads = [threading.Thread(target=work) for work in (self.read, self.read, self.report)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stop.set()
            for thread in threads:
                thread.join()

    def read(self) -> None:
        cookies, headers = dict(self.reader.cookies), dict(self.reader.headers)
        person = session(cookies, headers)
        while not self.stop.is_set():
            for page in PAGES:
                self.ask(lambda page=page: person.get(self.home + page, timeout=60))
                self.stop.wait(0.1)

    def report(self) -> None:
        for person in self.reporters:
            if self.stop.is_set():
                return
            self.hand_in(person)
            self.stop.wait(1)

    def hand_in(self, person: requests.Session) -> None:
        address = f"{self.home}/collection/2025/1/"
        page = self.ask(lambda: person.get(address, timeout=60))
        if page is None:
            return
        form = lxml.html.fromstring(page.content).xpath("//form[@data-return-form]")[0]
        fields = dict(form.form_values()) | {"action": "submit"}
        sent = {"headers": {"Referer": address}, "timeout": 60, "allow_redirects": False}
        answer = self.ask(lambda: person.post(address, fields, **sent))
        self.told += answer is not None and answer.status_code == 302

    def ask(self, send: Callable[[], requests.Response]) -> requests.Response | None:
        begun = time.monotonic()
        try:
            answer = send()
        except requests.RequestException as error:
            self.failures.append(type(error).__name__)
            return None
        self.slowest = max(self.slowest, time.monotonic() - begun)
        self.statuses[str(answer.status_code)] += 1
        if "/login/" in answer.url:
            self.logged_out += 1
            return None
        if answer.status_code not in (200, 302):
            self.failures.append(f"{answer.status_code} {answer.url}")
            return None
        return answer

    def words(self) -> str:
        counts = ", ".join(f"{status} × {count}" for status, count in sorted(self.statuses.items()))
        words = f"answers: {counts}; failed: {self.failures or 'none'}; the slowest took {self.slowest:.1f} s"
        return words + (f"; {self.logged_out} answers were the login page" if self.logged_out else "")


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
