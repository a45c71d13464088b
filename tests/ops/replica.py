"""A real streaming replica under a whole system: what is read from it, and what happens when it is not well.

python -m tests.ops.replica [--write docs/scaling.md] (make test-replica) prints the table; exit code 1 if a
line is wrong.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
import requests

from tests.ops.instance import environment, new_instance, supervise, wait_for_line
from tests.ops.standby import Standby, statements

BEGIN, END = "<!-- replica: begin -->", "<!-- replica: end -->"
LIMIT = 4
"""Seconds behind after which pages are read from the primary, in this drill."""
NEW_CONNECTION = {"Connection": "close"}
"""A kept one may be closed by the server at the moment at which it is used again."""
PAGES = ("/plans/2025/?quarter=1", "/completeness/2025/?quarter=1", "/schools/", "/methods/", "/measures/")


@dataclass
class Line:
    """What was tried, what happened in words, and whether that is right."""

    what: str
    found: str
    is_right: bool


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="put the table into this file, between its marks")
    options = parser.parse_args()
    lines = []
    with new_instance() as (folder, port):
        standby = Standby(folder)
        more = {"REPLICA_DATABASE_URL": standby.url, "LUSONG_REPLICA_LAG_SECONDS": str(LIMIT)}
        with supervise(folder, port, LUSONG_SWEEP_SECONDS="3", **more) as supervisor:
            try:
                wait_for_line(supervisor, "Ready: ")
                os.environ |= environment(folder, port) | {
                    "DJANGO_SETTINGS_MODULE": "lusong_edu.settings.local"
                }
                django.setup()
                for found in Drill(folder, port, standby).run():
                    lines.append(found)
                    sys.stdout.write(row(found) + "\n")
                    sys.stdout.flush()
            finally:
                standby.remove()
                supervisor.send_signal(signal.SIGINT)
                supervisor.communicate(timeout=60)
    if options.write:
        marked = f"{BEGIN}\n{table(lines)}\n{END}"
        text = options.write.read_text(encoding="utf-8")
        options.write.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: marked, text, flags=re.DOTALL), "utf-8")
    return int(not all(one.is_right for one in lines))


def row(line: Line) -> str:
    return f"| {line.what} | {line.found} | {'yes' if line.is_right else '**no**'} |"


def table(lines: list[Line]) -> str:
    """The table as Markdown, with date, machine and command."""
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    today = dt.datetime.now().astimezone().date()
    head = f"{today}, `make test-replica`, {machine}, PostgreSQL 18; limit {LIMIT} s."
    return "\n".join([head, "", "| What | Found | As it should |", "|---|---|---|", *map(row, lines)])


class Drill:
    """The lines in their order; each leaves the replica well again."""

    def __init__(self, folder: Path, port: int, standby: Standby) -> None:
        from tests.chaos.people import Person
        from tests.chaos.world import World
        from tests.factories import UserFactory

        self.world, self.standby = World(folder, port), standby
        self.home, self.logs = self.world.home, folder / "logs"
        self.reader = Person(UserFactory(role="leader", region=self.world.district.plan.region), self.home)

    def run(self) -> Iterator[Line]:
        yield self.before_it_is_there()
        yield self.comes_into_use()
        yield from self.who_reads_where()
        yield self.own_write()
        yield self.kept_pages_say_the_same()
        yield from self.falls_behind()
        yield from self.is_killed()
        yield self.is_promoted()

    def before_it_is_there(self) -> Line:
        answers = self.read_all()
        return Line(
            "configured, but not there yet", f"pages {answers}, from the primary", answers == "200 × 5"
        )

    def comes_into_use(self) -> Line:
        self.standby.copy()
        log_everything()
        self.standby.start()
        begun = time.monotonic()
        self.wait_until_used()
        seconds = time.monotonic() - begun
        return Line("copied with pg_basebackup -R and started", f"read from after {seconds:.1f} s", True)

    def who_reads_where(self) -> Iterator[Line]:
        before, primary = self.standby.statements(), self.at_primary()
        answers = self.read_all()
        here, there = self.standby.statements() - before, self.at_primary() - primary
        found = f"pages {answers}: {here} statements about plan, results and returns at the replica, {there}"
        found += " at the primary, which is asked for session, reader and business date"
        yield Line("reading five pages of dashboards", found, answers == "200 × 5" and here > 5 * there)
        before = self.standby.statements()
        self.reader.open("/notices/")
        here = self.standby.statements() - before
        yield Line("a page of another kind", f"{here} statements at the replica", here == 0)

    def own_write(self) -> Line:
        """Replay is held back: the replica certainly does not have what was just accepted."""
        step = self.last_acceptance()
        old = self.state_of(self.reader, step)
        with self.held_back():
            assert step.press()
            own, other = self.state_of(step.person, step), self.state_of(self.reader, step)
        self.wait_until_caught_up()
        after = self.state_of(self.reader, step)
        found = f"who accepted sees “{own}” at once, another reader still “{other}”, later “{after}”"
        return Line("an acceptance while replay stands still", found, own == after and other == old != own)

    def kept_pages_say_the_same(self) -> Line:
        """A page kept for the replica's state and one kept for the primary's are the same page afterwards."""
        address = PAGES[0]
        from_replica = self.text(self.reader, address)
        with self.held_back():
            time.sleep(LIMIT + 2)
            self.write_something()
            self.wait_until_used(False)
            from_primary = self.text(self.reader, address)
        self.wait_until_used()
        return Line("a kept page, read from both", "the same text", from_replica == from_primary)

    def falls_behind(self) -> Iterator[Line]:
        step = self.last_acceptance()
        with self.held_back():
            assert step.press()
            begun = time.monotonic()
            while self.state_of(self.reader, step) != self.state_of(step.person, step):
                self.write_something()
                assert time.monotonic() - begun < 60
                time.sleep(0.2)
            seconds = time.monotonic() - begun
            said = self.told_unwell()
            found = f"another reader sees the primary's state after {seconds:.1f} s"
            yield Line(f"replay stands still for more than {LIMIT} s", found, seconds < LIMIT + 4)
            yield Line("/readyz meanwhile", f"“{said['says']}”", said["ok"] is False)
        begun = time.monotonic()
        self.wait_until_used()
        seconds = time.monotonic() - begun
        yield Line("replay goes on", f"read from again after {seconds:.1f} s", seconds < 15)

    def is_killed(self) -> Iterator[Line]:
        stop, statuses = threading.Event(), []

        def read() -> None:
            while not stop.is_set():
                for address in PAGES:
                    answer = self.reader.session.get(self.home + address, headers=NEW_CONNECTION, timeout=30)
                    statuses.append(answer.status_code)

        threads = [threading.Thread(target=read) for _ in range(2)]
        for thread in threads:
            thread.start()
        time.sleep(2)
        before = len(statuses)
        self.standby.kill()
        time.sleep(3)
        stop.set()
        for thread in threads:
            thread.join()
        wrong = sum(status != 200 for status in statuses)
        found = f"{before} pages before, {len(statuses) - before} after it, {wrong} of them an error"
        yield Line(
            "kill -9 of the replica while two people read", found, wrong == 0 and len(statuses) > before
        )
        said, counted = self.readyz()["replica"], self.counted("failed") + self.counted("gone")
        yield Line("/readyz meanwhile", f"“{said['says']}”", said["ok"] is False)
        yield Line("/metrics", f"{counted:.0f} pages counted as read from the primary for it", counted > 0)
        self.standby.start()
        begun = time.monotonic()
        self.wait_until_used()
        yield Line("started again", f"read from after {time.monotonic() - begun:.1f} s", True)

    def is_promoted(self) -> Line:
        self.standby.ask("SELECT pg_promote()")
        self.wait_until_used(False)
        said = self.readyz()["replica"]
        answers = self.read_all()
        right = answers == "200 × 5" and "no replica" in said["says"]
        return Line("made a server of its own by mistake", f"pages {answers}; “{said['says']}”", right)

    # What it is made of.

    def read_all(self) -> str:
        statuses = [self.reader.session.get(self.home + address, timeout=30).status_code for address in PAGES]
        return ", ".join(f"{status} × {statuses.count(status)}" for status in sorted(set(statuses)))

    def last_acceptance(self) -> Any:
        """The second of a return's two parts is ready to be accepted, and the replica knows."""
        from apps.reviews.services import review_accept
        from tests.chaos.steps import Accept

        step, district = Accept(self.world), self.world.district
        other = step.submission.reviews.get(office=district.health)
        review_accept(review=other, by=district.health_user)
        self.wait_until_caught_up()
        return step

    def text(self, person: Any, address: str) -> str:
        return re.sub(r"\s+", " ", person.open(address).xpath("//main")[0].text_content())

    def state_of(self, person: Any, step: Any) -> str:
        """How the board shows the return of the step's school to this person."""
        page = person.open(PAGES[1])
        (found,) = [
            line for line in page.xpath("//tr") if step.submission.organisation.name in line.text_content()
        ]
        return " ".join("".join(found.xpath("./td[last()]//text()")).split())

    def held_back(self) -> Any:
        from contextlib import contextmanager

        @contextmanager
        def hold() -> Iterator[None]:
            self.standby.ask("SELECT pg_wal_replay_pause()::text")
            try:
                yield
            finally:
                self.standby.ask("SELECT pg_wal_replay_resume()::text")

        return hold()

    def write_something(self) -> None:
        from apps.core import heartbeats

        heartbeats.beat("drill")

    def wait_until_caught_up(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_flush_lsn()::text")
            position = cursor.fetchone()[0]
        until(lambda: self.standby.ask(f"SELECT pg_last_wal_replay_lsn() >= '{position}'"))
        self.wait_until_used()

    def wait_until_used(self, used: bool = True) -> None:
        """Every web process may be asked: six pages in a row, from the replica or not."""

        def all_used() -> bool:
            for _again in range(6):
                before = self.standby.statements()
                self.reader.session.get(self.home + PAGES[1], timeout=30)
                if (self.standby.statements() > before) is not used:
                    return False
            return True

        until(all_used)

    def told_unwell(self) -> dict[str, Any]:
        """What /readyz says once it calls the replica unwell, as it stands at last."""
        ends = time.monotonic() + 20
        while (said := self.readyz()["replica"])["ok"] and time.monotonic() < ends:
            self.write_something()
            time.sleep(0.5)
        return said

    def readyz(self) -> dict[str, Any]:
        return requests.get(f"{self.home}/readyz", timeout=20).json()["checks"]

    def counted(self, reason: str) -> float:
        text = requests.get(f"{self.home}/metrics", timeout=20).text
        wanted = rf'lusong_page_reads_total{{database="primary",reason="{reason}"}} (\S+)'
        return sum(map(float, re.findall(wanted, text)))

    def at_primary(self) -> int:
        """The same count from the primary's log; its sweeps ask other tables."""
        return statements(self.logs / "postgres.log")


def log_everything() -> None:
    """The primary writes every statement into its log, as the replica does."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET log_statement = 'all'")
        cursor.execute("SELECT pg_reload_conf()")


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            raise AssertionError("it never came")
        time.sleep(0.3)


if __name__ == "__main__":
    sys.exit(main())
