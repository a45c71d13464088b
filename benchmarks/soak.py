"""An hour of people: what each process holds of memory at its beginning, on the way and at its end.

    python -m benchmarks.soak [SIZE] [--minutes 60] [--rate 3]

Web server, worker and beat run as in production on a copy of the size's database. Requests come at a modest
rate, mixed by weight: pages, exports, forms, saving, handing in; offices accept what is handed in, so that
results are rolled up and pages made all the time; every few minutes somebody wants a report. When every
school has reported, offices open again what they accepted and schools correct it.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from benchmarks import client, place, programs, web
from benchmarks.forms import Reporter, copy_of
from benchmarks.results import Row, add
from benchmarks.sizes import SIZES, Size

LIMITS = {"web": 200, "worker": 300, "beat": None}
REPORT_EVERY = 240.0
READERS = ("leader", "deputy", "auditor", "office-jijiao", "office-tiwei")
FINE = (200, 302, 304)
Table = list[dict[str, float]]


class People:
    """Everybody who does something in this hour; each method is one thing that somebody does."""

    def __init__(self, port: int) -> None:
        from apps.accounts.models import User
        from apps.organisations.models import Organisation
        from apps.plans.models import AnnualPlan, Indicator, TaskArea

        self.port, self.luck, self.statuses = port, Random(1), Counter[str]()  # nosec B311
        self.readers = [web.cookies_of(name) for name in READERS]
        self.plan = AnnualPlan.objects.get()
        self.codes = list(Indicator.objects.values_list("code", flat=True))
        self.areas = list(TaskArea.objects.values_list("number", flat=True))
        self.schools = list(Organisation.objects.schools().values_list("pk", flat=True))
        reporters = User.objects.filter(role="reporter").order_by("pk").values_list("username", flat=True)
        self.to_come = iter(list(reporters))
        self.writing: list[tuple[Reporter, Iterator[int]]] = []
        self.reports = itertools.cycle(("progress-report", "slides", "data-book", "overview-workbook"))

    def note(self, what: str, status: int) -> None:
        self.statuses[what if status in FINE else f"{what} {status}"] += 1

    def get(self, what: str, path: str, headers: dict[str, str] | None = None) -> None:
        found = client.request(self.port, path, headers=headers or self.luck.choice(self.readers))
        self.note(what, found.status)

    def page(self) -> None:
        base = f"/plans/{self.plan.year}/"
        paths = (
            base,
            f"{base}areas/{self.luck.choice(self.areas)}/",
            f"{base}indicators/{self.luck.choice(self.codes)}/",
            f"/schools/{self.luck.choice(self.schools)}/",
        )
        # What the leader may see, others need not.
        if self.luck.random() < 0.5:
            self.get("page", self.luck.choice(paths), self.readers[0])
        else:
            self.get("page", self.luck.choice(paths[:2]))

    def pulse(self) -> None:
        self.get("pulse", f"/pulse/{self.plan.pk}/")

    def export(self) -> None:
        base = f"/plans/{self.plan.year}/"
        area, code = self.luck.choice(self.areas), self.luck.choice(self.codes)
        paths = (f"{base}overview.xlsx", f"{base}areas/{area}.xlsx", f"{base}indicators/{code}.csv")
        self.get(
            "export", self.luck.choice((*paths, f"/completeness/{self.plan.year}.xlsx")), self.readers[0]
        )

    def save(self) -> None:
        """Somebody saves ten facts; whoever has saved all hands in and somebody else begins."""
        while len(self.writing) < 5 and (one := self.next_one()):
            self.writing.append((one, iter(range(0, len(one.names), 10))))
        if not self.writing:
            return
        one, places = self.writing[0]
        if (first := next(places, None)) is not None:
            self.note("save", one.save(one.names[first : first + 10])[0])
            self.writing.append(self.writing.pop(0))
        else:
            self.writing.pop(0)
            self.note("hand in", one.hand_in())

    def next_one(self) -> Reporter | None:
        if name := next(self.to_come, None):
            return Reporter(self.port, name, facts=None)
        return self.corrected()

    def corrected(self) -> Reporter | None:
        """An office opens the part that it accepted longest ago; its school reports other figures."""
        from apps.accounts.models import User
        from apps.reviews.models import OfficeReview
        from apps.reviews.services import review_reopen

        done = OfficeReview.objects.filter(status="accepted", submission__period__quarter=4)
        done = done.filter(submission__organisation__kind="school", submission__status="accepted")
        review = done.select_related("submission").order_by("decided_at", "pk").first()
        if review is None:
            return None
        by = User.objects.filter(role="office", organisation=review.office_id).first()
        school = User.objects.filter(role="reporter", organisation=review.submission.organisation_id).first()
        assert by is not None
        assert school is not None
        review_reopen(review=review, by=by, reason="示例")
        self.statuses["open again"] += 1
        one = Reporter(self.port, school.username, facts=None)
        one.correct(review.submission_id)
        return one

    def form(self) -> None:
        if self.writing:
            one = self.luck.choice(self.writing)[0]
            path = f"/collection/{self.plan.year}/4/{self.luck.choice(('', 'workbook.xlsx'))}"
            self.get("form", path, one.headers)

    def accept(self) -> None:
        """An office accepts its part of the return that waits longest."""
        from apps.accounts.models import User
        from apps.reviews.models import OfficeReview
        from apps.reviews.services import review_accept

        waiting = OfficeReview.objects.filter(status="waiting").select_related("submission").order_by("pk")
        if (review := waiting.first()) is not None:
            by = User.objects.filter(role="office", organisation=review.office_id).first()
            assert by is not None
            review_accept(review=review, by=by)
            self.statuses["accept"] += 1

    def report(self) -> None:
        """The next kind of report of the third quarter's release, of another area each time."""
        from apps.accounts.models import User
        from apps.core.jobs.services import job_request
        from apps.reports.jobs.releases import parameters_of
        from apps.reports.releases.models import Release

        kind, leader = next(self.reports), User.objects.get(username="leader")
        parameters: dict[str, Any] = {"year": self.plan.year, "quarter": 3}
        if kind != "overview-workbook":
            release = Release.objects.light().select_related("plan").get(quarter=3)
            parameters = parameters_of(release) | {"reach": "internal"}
            if self.statuses["report"] >= 4:
                area = self.luck.choice(self.areas)
                parameters |= {"part": f"area:{area}", "part_name": str(area)}
        job_request(kind=kind, parameters=parameters, by=leader, language="zh-hans")
        self.statuses["report"] += 1


def release(year: int) -> None:
    """The third quarter is released, so that there is something to report on."""
    from apps.accounts.models import User
    from apps.plans.models import AnnualPlan
    from apps.reports.releases.models import Release
    from apps.reports.releases.services import release_make

    if not Release.objects.exists():
        plan = AnnualPlan.objects.get(year=year)
        release_make(plan=plan, quarter=3, by=User.objects.get(username="leader"), inspect=tuple)


def held(processes: dict[str, list[int]]) -> dict[str, float]:
    """Return megabytes of the largest process of each kind (resident, what is shared counted in full)."""
    return {name: max(map(programs.megabytes, pids), default=0.0) for name, pids in processes.items()}


def live(people: People, processes: Callable[[], dict[str, list[int]]], minutes: float, rate: float) -> Table:
    """Let people do one thing after the other; return minute by minute what the processes hold."""
    deeds = {
        people.page: 50,
        people.pulse: 10,
        people.export: 6,
        people.form: 8,
        people.save: 18,
        people.accept: 8,
    }
    chosen, weights = list(deeds), list(deeds.values())
    started, reported, number = time.monotonic(), 0.0, 0
    table: Table = []
    while (passed := time.monotonic() - started) < minutes * 60:
        if passed >= len(table) * 60:
            table.append(held(processes()))
            sizes = ", ".join(f"{name} {size:.0f} MB" for name, size in table[-1].items())
            print(f"minute {len(table) - 1}: {sizes}; {number} things done", flush=True)
        if passed >= reported + REPORT_EVERY or not people.statuses["report"]:
            people.report()
            reported = passed
        people.luck.choices(chosen, weights)[0]()
        number += 1
        time.sleep(max(started + number / rate - time.monotonic(), 0))
    return [*table, held(processes())]


def tell(size: Size, table: Table, people: People, jobs: dict[str, int]) -> None:
    moments = sorted({0, min(10, len(table) - 1), min(30, len(table) - 1), len(table) - 1})
    for name, limit in LIMITS.items():
        text = ", ".join(f"{minute} min {table[minute][name]:.0f} MB" for minute in moments)
        most = max(row[name] for row in table)
        within = None if limit is None else most <= limit
        wanted = f"≤ {limit} MB" if limit else ""
        add(
            Row(
                "Memory",
                size.name,
                f"largest {name} process",
                f"{text}; most {most:.0f} MB",
                "",
                None,
                wanted,
                within,
            )
        )
    done = ", ".join(f"{name} {count}" for name, count in sorted(people.statuses.items()))
    wrong = [name for name in people.statuses if name[-3:].isdigit()]
    add(Row("Memory", size.name, "what was done meanwhile", f"{done}; jobs {jobs}", holds=not wrong))
    (place.DATA / "soak.json").write_text(json.dumps(table))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", choices=list(SIZES), nargs="?", default="city")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=3.0, help="things done a second")
    options = parser.parse_args()
    size = SIZES[options.size]
    with place.servers():
        database = copy_of(size, "soak")
        place.use(database)
        place.with_results()
        release(2025)
        web.collect_static(database)
        with (
            web.serving(database, kind=web.PRODUCTION) as server,
            programs.worker(database) as worker,
            programs.beat(database) as beat,
        ):
            people = People(server.port)

            def processes() -> dict[str, list[int]]:
                return {
                    "web": server.processes()[1:],
                    "worker": [worker.pid, *programs.children(worker.pid)],
                    "beat": [beat.pid],
                }

            table = live(people, processes, options.minutes, options.rate)
        from apps.core.jobs.models import Job

        tell(size, table, people, dict(Counter(Job.objects.values_list("state", flat=True))))


if __name__ == "__main__":
    main()
