"""Pages: requests a second against the least that a logged-in page can be, on the same server.

python -m benchmarks.pages SIZE
"""

from __future__ import annotations

import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from typing import Any

from benchmarks import client, place, programs, web
from benchmarks.results import Row, add, at_least, at_most
from benchmarks.sizes import SIZES, Size

SECONDS = 2.0
ROUNDS = 3
UNCHANGED = "unchanged (304)"


def addresses() -> dict[str, str]:
    from apps.organisations.models import Organisation
    from apps.plans.models import AnnualPlan, Indicator

    plan = AnnualPlan.objects.get()
    base = f"/plans/{plan.year}/"
    indicator = Indicator.objects.filter(reporter="school", aggregation="ratio_of_sums").order_by("code")[0]
    school = Organisation.objects.schools().order_by("pk")[0]
    return {
        "overview": base,
        "area": f"{base}areas/{indicator.area.number}/",
        "indicator": f"{base}indicators/{indicator.code}/",
        "school": f"/schools/{school.pk}/",
    }


def rates(size: Size) -> None:
    """Take turns between floor and product, so that both have the same neighbours on the machine."""
    header, plain = web.cookies_of("leader"), web.plain_cookies_of("leader")
    pages = addresses()
    floors: list[client.Load] = []
    found: dict[str, list[client.Load]] = {name: [] for name in (*pages, UNCHANGED)}
    with (
        web.serving(size.database) as product,
        web.serving(size.database, settings=web.MINIMAL) as minimal,
    ):
        tag = _warm(product, pages, header)["overview"]
        web.load(minimal, "/minimal/", headers=plain, seconds=1)
        for _ in range(ROUNDS):
            floors.append(web.load(minimal, "/minimal/", headers=plain, seconds=SECONDS))
            for name, path in [*pages.items(), (UNCHANGED, pages["overview"])]:
                asked = {**header, "If-None-Match": tag} if name == UNCHANGED else header
                found[name].append(web.load(product, path, headers=asked, seconds=SECONDS))
    assert set().union(*(one.statuses for one in floors)) == {200}
    for name, loads in found.items():
        assert set().union(*(one.statuses for one in loads)) == {304 if name == UNCHANGED else 200}
        add(_rate_row(size, name, loads, floors))


def _rate_row(size: Size, name: str, loads: list[client.Load], floors: list[client.Load]) -> Row:
    rate, least = _median(one.rate for one in loads), _median(one.rate for one in floors)
    work, least_work = (1000 * _median(one.each for one in some) for some in (loads, floors))
    return Row(
        "Pages, warm",
        size.name,
        f"{name}: requests/s, work of web and database for each",
        f"{rate:.0f}/s, {work:.1f} ms",
        f"minimal page {least:.0f}/s, {least_work:.1f} ms",
        **at_least(rate / least, 0.8 if name == UNCHANGED else 0.5),  # type: ignore[arg-type]
    )


def _warm(server: web.Server, pages: dict[str, str], header: dict[str, str]) -> dict[str, str]:
    """Ask for each page until both workers keep it; return the tags."""
    tags = {}
    for name, path in pages.items():
        for _ in range(6):
            answer = client.request(server.port, path, headers=header)
            assert answer.status == 200, (path, answer.status)
            tags[name] = answer.headers["etag"]
    return tags


def _median(values: Iterable[float]) -> float:
    return statistics.median(list(values))


def first_views(size: Size) -> None:
    """The first view after an acceptance, as soon as a worker has made the pages, and without any worker."""
    from apps.plans.models import AnnualPlan
    from apps.rollups.refreshing import generation_raise

    header, plan = web.cookies_of("leader"), AnnualPlan.objects.get()
    with web.serving(size.database) as product, programs.worker(size.database):
        for name, path in addresses().items():

            def timed(path: str = path) -> float:
                started = time.perf_counter()
                assert client.request(product.port, path, headers=header).status == 200
                return time.perf_counter() - started

            timed()
            warm = _median(timed() for _ in range(21))
            cold = []
            for _ in range(3):
                generation_raise(plan=plan)
                cold.append(timed())
            made, waits = [], []
            for _ in range(3):
                waits.append(_made_after_news(path))
                made.append(timed())
            add(
                Row(
                    "Pages, after new data",
                    size.name,
                    f"{name}: first view, {_median(waits):.1f} s after the roll-up was done",
                    f"{1000 * _median(made):.1f} ms",
                    f"warm {1000 * warm:.1f} ms; before a worker has made it {1000 * _median(cold):.0f} ms",
                    **at_most(_median(made) / warm, 5),  # type: ignore[arg-type]
                )
            )


def _made_after_news(path: str) -> float:
    """Accept something; return how many seconds after the roll-up a worker had made the leader's page."""
    from django.conf import settings
    from django.urls import resolve
    from django.utils import timezone

    from apps.accounts.models import User
    from apps.collection.models import Submission
    from apps.core import clock
    from apps.dashboards.kept import making, store
    from apps.dashboards.kept.pages import key_of
    from apps.rollups.models import StaleResult
    from benchmarks.news import accept_some

    accept_some(Submission.objects.filter(period__quarter=4, organisation__kind="school").order_by("?")[0])
    _until(lambda: not StaleResult.objects.exists())
    started, reader = time.perf_counter(), User.objects.get(username="leader")
    fixed = clock.fixed_date()
    date = fixed or timezone.localdate()
    request = making.request_of(path, reader, settings.LANGUAGE_CODE, date, is_fixed=fixed is not None)
    key = key_of(request, resolve(path).kwargs)
    _until(lambda: store.get(key) is not None)
    return time.perf_counter() - started


def _until(is_so: Callable[[], bool]) -> None:
    patience = time.perf_counter() + 300
    while not is_so():
        assert time.perf_counter() < patience, "no worker did it"
        time.sleep(0.02)


def queries(sizes: list[Size]) -> None:
    """Count the queries of a cold page; sizes run in processes of their own."""
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from apps.accounts.models import User
    from apps.dashboards.kept import store

    client = Client(headers={"x-forwarded-proto": "https"})
    client.force_login(User.objects.get(username="leader"))
    for size in sizes:
        counts: dict[str, Any] = {}
        for name, path in addresses().items():
            counts[name] = []
            for is_cold in (True, False):
                if is_cold:
                    cache.clear()
                    store.forget()
                with CaptureQueriesContext(connection) as captured:
                    assert client.get(path).status_code == 200
                counts[name].append(len(captured))
        text = ", ".join(f"{name} {cold}/{warm}" for name, (cold, warm) in counts.items())
        add(Row("Pages, queries", size.name, "cold/warm; the same at every size", text))


def servers(size: Size) -> None:
    """Compare kinds of servers on one warm page, in turns; then with browsers that are silent."""
    header, pages = web.cookies_of("leader"), addresses()
    found: dict[str, list[client.Load]] = {kind: [] for kind in web.COMPARED if web.is_installed(kind)}
    with ExitStack() as stack:
        running = {kind: stack.enter_context(web.serving(size.database, kind=kind)) for kind in found}
        for server in running.values():
            _warm(server, pages, header)
        for _ in range(ROUNDS):
            for kind, server in running.items():
                found[kind].append(web.load(server, pages["overview"], headers=header, seconds=SECONDS))
        waits = {kind: [_silence(server, many) for many in (4, 50)] for kind, server in running.items()}
    least = _median(one.rate for one in found[web.SYNC])
    for kind, loads in found.items():
        rate, work = _median(one.rate for one in loads), _median(one.each for one in loads)
        four, fifty = (f"{1000 * wait:.0f} ms" if wait else "no answer in 10 s" for wait in waits[kind])
        add(
            Row(
                "Server",
                size.name,
                f"{kind}, {web.WORKERS} workers: overview, 4 clients; beside 4 and 50 silent connections",
                f"{rate:.0f}/s, {1000 * work:.1f} ms of work; {four}, {fifty}",
                f"{web.SYNC} {least:.0f}/s",
                ratio=rate / least,
            )
        )


def _silence(server: web.Server, many: int) -> float:
    """Open connections that say nothing, as browsers do; return the seconds of an answer, or 0."""
    with ExitStack() as stack:
        for _ in range(many):
            stack.enter_context(closing(socket.create_connection(("127.0.0.1", server.port), timeout=10)))
        started = time.perf_counter()
        try:
            client.request(server.port, "/healthz", patience=10)
        except OSError:
            return 0.0
        return time.perf_counter() - started


def main() -> None:
    size = SIZES[sys.argv[1]]
    with place.servers():
        place.use(size.database)
        place.with_results()
        web.collect_static(size.database)
        queries([size])
        rates(size)
        first_views(size)
        if size.name == "district":
            servers(size)


if __name__ == "__main__":
    main()
