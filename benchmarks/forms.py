"""Forms: saving fact by fact, and the evening before the deadline.

    python -m benchmarks.forms SIZE [--factor F]

Works on a copy of the size's database in which the fourth quarter asks forty facts and has not been reported.
The rush is every school (`--factor 0.1`: a tenth of them, in a tenth of the time) saving its facts, each with
the reason that a jump asks for, and handing them in within five minutes, over HTTP, with a worker running.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from benchmarks import checking, client, place, programs, web
from benchmarks.clockwork import family_seconds, percentile, threads_seconds
from benchmarks.copying import unaudited
from benchmarks.results import Row, add, at_most
from benchmarks.sizes import SIZES, Size

AT_ONCE, FACTS, WINDOW, ACCEPTED = 30, 40, 300.0, 20
NOT_REPORTED = """
    DELETE FROM collection_datavalue v USING collection_submission s, collection_period q,
        organisations_organisation o
        WHERE v.submission_id = s.id AND q.id = s.period_id AND q.quarter = 4 AND o.id = s.organisation_id
        AND o.kind = 'school';
    DELETE FROM collection_submission s USING collection_period q, organisations_organisation o
        WHERE q.id = s.period_id AND q.quarter = 4 AND o.id = s.organisation_id AND o.kind = 'school';
    DELETE FROM collection_assignment a USING collection_period q, organisations_organisation o
        WHERE q.id = a.period_id AND q.quarter = 4 AND o.id = a.organisation_id AND o.kind = 'school'
        AND a.element_id NOT IN (SELECT id FROM plans_dataelement WHERE reporter = 'school'
            AND id IN (SELECT element_id FROM plans_indicatorelement) ORDER BY position, code LIMIT 40);
    UPDATE plans_dataelement SET evidence_required = FALSE;
    INSERT INTO core_businessclock (id, fixed_date) VALUES (1, '2025-12-20')
        ON CONFLICT (id) DO UPDATE SET fixed_date = excluded.fixed_date"""


def copy_of(size: Size, purpose: str = "forms") -> str:
    """Return a copy of the database with the fourth quarter still to be reported."""
    name = f"{size.database}_{purpose}"
    with place.cursor() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{size.database}"')
    with place.cursor(name) as cursor:
        with unaudited(cursor):
            cursor.execute(NOT_REPORTED)
        cursor.execute("VACUUM (ANALYZE)")
    return name


class Reporter:
    """A school's reporter with a browser: a session, a secret for forms, the facts that are asked."""

    def __init__(self, port: int, username: str, *, facts: int | None) -> None:
        from apps.accounts.models import User
        from apps.collection.keys import key_text
        from apps.collection.models import Assignment

        user = User.objects.select_related("organisation").get(username=username)
        owed = Assignment.objects.filter(organisation=user.organisation, period__quarter=4)
        rows = owed.select_related("element").order_by("element__position", "stage")
        self.port, self.organisation_id = port, user.organisation_id
        self.names = [key_text((row.element_id, row.stage)) for row in rows][:facts]
        self.values = {
            key_text((row.element_id, row.stage)): str(row.element.choices[0]["value"])
            if row.element.choices
            else "1"
            for row in rows
        }
        cookie = web.cookies_of(username)["Cookie"]
        token = next(one.partition("=")[2] for one in cookie.split("; ") if one.startswith("csrftoken="))
        self.headers = {"Cookie": cookie, "X-CSRFToken": token, "Origin": "https://127.0.0.1"}
        self.versions = dict.fromkeys(self.names, 0)
        self.known = ""

    def open(self) -> None:
        """Open the form; its page knows the return as it is."""
        page = client.request(self.port, "/collection/2025/4/", headers=self.headers).body.decode()
        self.known = page.partition('data-known="')[2].partition('"')[0]
        assert self.known, "the form does not say what it knows"

    def correct(self, submission_id: int) -> None:
        """From now on report the open facts alone, with other figures than those stored."""
        from apps.collection.keys import key_text
        from apps.collection.models import DataValue

        stored = DataValue.objects.filter(submission=submission_id, is_open=True).select_related("element")
        self.names = [key_text((value.element_id, value.stage)) for value in stored]
        for name, value in zip(self.names, stored, strict=True):
            self.versions[name] = value.version
            if value.element.value_type in ("integer", "decimal"):
                self.values[name] = "2" if value.number == 1 else "1"

    def save(self, names: list[str]) -> tuple[int, float]:
        """Save facts as the page does; return status and seconds."""
        edits = [
            {
                "name": one,
                "text": self.values[one],
                "version": self.versions[one],
                "reason": "示例",
                "seconds": 5,
            }
            for one in names
        ]
        body = json.dumps({"edits": edits, "known": self.known}).encode()
        started = time.perf_counter()
        answer = client.request(
            self.port,
            "/collection/2025/4/facts/",
            method="POST",
            headers={**self.headers, "Content-Type": "application/json"},
            body=body,
        )
        if answer.status == 200:
            self.known = json.loads(answer.body)["known"]
            for name in names:
                self.versions[name] += 1
        return answer.status, time.perf_counter() - started

    def hand_in(self) -> int:
        """Open the form and submit what is saved, as its button does; return the status."""
        path = "/collection/2025/4/"
        page = client.request(self.port, path, headers=self.headers).body.decode()
        version = re.search(r'name="version" value="(\d+)"', page)
        body = f"action=submit&version={version.group(1) if version else 0}".encode()
        headers = {**self.headers, "Content-Type": "application/x-www-form-urlencoded"}
        answer = client.request(self.port, path, method="POST", headers=headers, body=body)
        is_done = answer.headers.get("location", "").startswith("/collection/returns/")
        return answer.status if is_done else 0


def reporters(port: int, count: int, *, facts: int | None) -> list[Reporter]:
    from apps.accounts.models import User

    names = User.objects.filter(role="reporter").order_by("pk").values_list("username", flat=True)[:count]
    return [Reporter(port, name, facts=facts) for name in names]


def together(calls: list[Callable[[], None]]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(call) for call in calls]:
            done.result()


def autosave(size: Size, database: str) -> None:
    """Thirty people save one fact after the other; beside it thirty ask for the minimal page."""
    seconds: list[float] = []
    lock = threading.Lock()
    with web.serving(database, settings=web.MINIMAL) as minimal:
        header = web.plain_cookies_of("leader")
        web.load(minimal, "/minimal/", headers=header, seconds=1, clients=AT_ONCE)
        asked = web.load(minimal, "/minimal/", headers=header, seconds=5, clients=AT_ONCE)
        least = asked.p95()
    with web.serving(database) as server:
        people = reporters(server.port, AT_ONCE, facts=21)
        for one in people:  # the minimal page was asked for before, too
            one.open()
            one.save([one.names.pop()])

        def fill(one: Reporter) -> None:
            for name in one.names:
                status, took = one.save([name])
                assert status == 200, (status, name)
                with lock:
                    seconds.append(took)

        pids = server.processes() + place.backends()
        before = sum(map(threads_seconds, pids))
        together([lambda one=one: fill(one) for one in people])  # type: ignore[misc]
        each = (sum(map(threads_seconds, pids)) - before) / len(seconds)
    p95 = percentile(seconds, 0.95)
    work = f"work {1000 * each:.1f} ms a saving, {1000 * asked.each:.1f} ms a minimal page"
    add(
        Row(
            "Forms",
            size.name,
            f"autosave p95, {AT_ONCE} at once",
            f"{1000 * p95:.0f} ms",
            f"minimal page p95 {1000 * least:.0f} ms; {work}",
            **at_most(p95 / least, 3),  # type: ignore[arg-type]
        )
    )


def rush(size: Size, database: str, factor: float) -> None:
    """Let the schools report, then the offices accept some returns; nothing may be lost or wrong."""
    count = max(int(size.schools * factor), 1)
    window = WINDOW * factor
    statuses: list[int] = []
    with web.serving(database) as server, programs.worker(database) as running:
        people = reporters(server.port, count, facts=None)
        sides = {"web": server.process.pid, "PostgreSQL": place.postmaster(), "worker": running.pid}
        before, own = {side: family_seconds(pid) for side, pid in sides.items()}, time.process_time()
        started = time.perf_counter()

        def report(place_: int, one: Reporter) -> None:
            pause = started + place_ * window / count - time.perf_counter()
            time.sleep(max(pause, 0))
            one.open()
            firsts = range(0, len(one.names), 10)
            statuses.extend(one.save(one.names[first : first + 10])[0] for first in firsts)
            statuses.append(200 if one.hand_in() == 302 else 0)

        together([lambda n=n, one=one: report(n, one) for n, one in enumerate(people)])  # type: ignore[misc]
        took = time.perf_counter() - started
        spent = {side: family_seconds(pid) - before[side] for side, pid in sides.items()}
        spent["this client"] = time.process_time() - own
        shares = ", ".join(f"{side} {1000 * each / count:.0f}" for side, each in spent.items())
        memory(size, server, running)
        told = checking.kept_as_sent(people)
        errors = sum(status != 200 for status in statuses)
        add(
            Row(
                "Forms",
                size.name,
                f"deadline rush: {count} schools hand {FACTS} facts in within {window:.0f} s",
                f"{told.same:,} of {told.sent:,} facts as sent, {told.handed_in} handed in, in {took:.0f} s,"
                f" {errors} errors",
                f"work a return {1000 * sum(spent.values()) / count:.0f} ms: {shares}",
                limit="nothing lost, no error",
                holds=told.is_whole and told.handed_in == count and not errors and took <= window * 1.1 + 5,
            )
        )
        after_acceptances(size, server.port, people[:ACCEPTED])


def after_acceptances(size: Size, port: int, people: list[Reporter]) -> None:
    """Offices accept what some schools handed in; a minute later the results are those of the facts."""
    accepted = checking.accept_all([one.organisation_id for one in people])
    started = time.perf_counter()
    while checking.is_behind() and time.perf_counter() - started < 60:
        time.sleep(0.1)
    took = time.perf_counter() - started
    compared, wrong = checking.against_the_facts()
    is_shown = checking.shows_generation(port)
    add(
        Row(
            "Forms",
            size.name,
            f"results after {accepted} offices' parts of {len(people)} returns were accepted",
            f"{compared} added up anew in Python, {len(wrong)} differ, after {took:.1f} s",
            "" if is_shown else "the page is of an older generation",
            limit="correct one minute later",
            holds=compared > 0 and not wrong and is_shown and took < 60,
        )
    )
    for line in wrong[:10]:
        print(line, flush=True)


def memory(size: Size, server: web.Server, running: subprocess.Popen[bytes]) -> None:
    """What a web process and a worker process hold after the load (proportional set size)."""
    for name, pids, limit in (
        ("web", server.processes()[1:], 200),
        ("worker", [running.pid, *programs.children(running.pid)], 300),
    ):
        largest = max(programs.megabytes(pid, "Pss") for pid in pids)
        add(
            Row(
                "Memory",
                size.name,
                f"largest {name} process after the rush (PSS)",
                f"{largest:.0f} MB",
                limit=f"≤ {limit} MB",
                holds=largest <= limit,
            )
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", choices=list(SIZES))
    parser.add_argument("--factor", type=float, default=1.0, help="share of the rush, 0 for none of it")
    options = parser.parse_args()
    size = SIZES[options.size]
    with place.servers():
        database = copy_of(size)
        place.use(database)
        web.collect_static(database)
        autosave(size, database)
        if options.factor:
            rush(size, database, options.factor)


if __name__ == "__main__":
    main()
