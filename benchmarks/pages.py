"""Pages: requests a second against the least that a logged-in page can be, on the same server.

python -m benchmarks.pages SIZE
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any

from benchmarks import client, place, web
from benchmarks.results import Row, add, at_least, at_most
from benchmarks.sizes import SIZES, Size

SECONDS = 3.0
ROUNDS = 3


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
    header = web.cookies_of("leader")
    pages = addresses()
    floors: list[web.Load] = []
    found: dict[str, list[web.Load]] = {name: [] for name in (*pages, "conditional")}
    with (
        web.serving(size.database) as product,
        web.serving(size.database, settings=web.MINIMAL) as minimal,
    ):
        tag = ""
        for path in pages.values():
            answer = client.request(product.port, path, headers=header)
            assert answer.status == 200, (path, answer.status)
            tag = tag or answer.headers["etag"]
        web.load(minimal, "/minimal/", headers=header, seconds=1)
        for _ in range(ROUNDS):
            floors.append(web.load(minimal, "/minimal/", headers=header, seconds=SECONDS))
            for name, path in pages.items():
                found[name].append(web.load(product, path, headers=header, seconds=SECONDS))
            found["conditional"].append(
                web.load(
                    product, pages["overview"], headers={**header, "If-None-Match": tag}, seconds=SECONDS
                )
            )
    least = _median(floors)
    for name, loads in found.items():
        assert set().union(*(one.statuses for one in loads)) == {304 if name == "conditional" else 200}
        add(
            Row(
                "Pages, warm",
                size.name,
                f"{name}: requests/s" + (" (304)" if name == "conditional" else ""),
                f"{_median(loads):.0f}/s, {1000 * statistics.median(x.each for x in loads):.1f} ms of web",
                f"minimal page {least:.0f}/s",
                **at_least(_median(loads) / least, 0.8 if name == "conditional" else 0.5),  # type: ignore[arg-type]
            )
        )


def _median(loads: list[web.Load]) -> float:
    return statistics.median(one.rate for one in loads)


def first_views(size: Size) -> None:
    """The first view after new data, as it is (a worker has made it), and without any worker."""
    from apps.dashboards.kept.making import make_recent
    from apps.plans.models import AnnualPlan
    from apps.rollups.refreshing import generation_raise

    header, plan = web.cookies_of("leader"), AnnualPlan.objects.get()
    with web.serving(size.database) as product:
        for name, path in addresses().items():

            def timed(path: str = path) -> float:
                started = time.perf_counter()
                assert client.request(product.port, path, headers=header).status == 200
                return time.perf_counter() - started

            timed()
            warm = statistics.median(timed() for _ in range(15))
            made, cold = [], []
            for _ in range(3):
                generation_raise(plan=plan)
                make_recent()
                made.append(timed())
                generation_raise(plan=plan)
                cold.append(timed())
            add(
                Row(
                    "Pages, after new data",
                    size.name,
                    f"{name}: first view, made by the worker",
                    f"{1000 * statistics.median(made):.1f} ms",
                    f"warm {1000 * warm:.1f} ms; with no worker {1000 * statistics.median(cold):.0f} ms",
                    **at_most(statistics.median(made) / warm, 5),  # type: ignore[arg-type]
                )
            )


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
    """Compare kinds of servers on one warm page."""
    header, path = web.cookies_of("leader"), addresses()["overview"]
    found = {}
    for kind in web.KINDS:
        try:
            with web.serving(size.database, kind=kind) as server:
                web.load(server, path, headers=header, seconds=1)
                found[kind] = web.load(server, path, headers=header, seconds=SECONDS * 2).rate
        except SystemExit:
            print(f"note: {kind} is not installed", flush=True)
    for kind, rate in found.items():
        add(
            Row(
                "Server",
                size.name,
                f"{kind}, {web.WORKERS} workers: overview",
                f"{rate:.0f}/s",
                "gunicorn sync",
                ratio=rate / found["gunicorn sync"],
            )
        )


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
