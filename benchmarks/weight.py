"""What a first visit carries and how soon it is there: python -m benchmarks.weight SIZE

Bytes are those on the wire with an empty cache: files as production sends them (`Accept-Encoding: br, gzip`),
the page itself as nginx compresses it.
Chromium then opens the page with its processor slowed down to a quarter: the median of the largest paints,
the worst of the shifts.
"""

from __future__ import annotations

import gzip
import re
import statistics
import sys
from contextlib import closing
from typing import Any

from benchmarks import client, place, web
from benchmarks.forms import copy_of
from benchmarks.pages import addresses
from benchmarks.results import Row, add
from benchmarks.sizes import SIZES, Size

LINKED = re.compile(r'(?:src|href)="(/static/[^"]+)"')
FORM = "/collection/2025/4/"
SLOWED, VISITS = 4, 3
PAINTS = """() => new Promise(done => {
    const found = {lcp: 0, cls: 0};
    new PerformanceObserver(list => { for (const one of list.getEntries()) found.lcp = one.startTime; })
        .observe({type: "largest-contentful-paint", buffered: true});
    new PerformanceObserver(list => {
        for (const one of list.getEntries()) if (!one.hadRecentInput) found.cls += one.value;
    }).observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(found), 1500);
})"""


def weigh(size: Size, server: web.Server, leader: dict[str, str], reporter: dict[str, str]) -> None:
    """Follow what the page itself links to, styles and scripts with what they import aside."""
    for name, path in (addresses() | {"form": FORM}).items():
        asked = {**(reporter if name == "form" else leader), "Accept-Encoding": "br, gzip"}
        page = client.request(server.port, path, headers=asked)
        assert page.status == 200, (path, page.status)
        sent = len(gzip.compress(page.body, 1))
        bundle, rest, unlasting = 0, sent, []
        for address in sorted(set(LINKED.findall(page.body.decode()))):
            answer = client.request(server.port, address, headers=asked)
            if "immutable" not in answer.headers.get("cache-control", ""):
                unlasting.append(address)
            if "plotly" in address:
                bundle += len(answer.body)
            else:
                rest += len(answer.body)
        add(
            Row(
                "Weight",
                size.name,
                f"{name}: first visit without the chart bundle",
                f"{rest / 1000:.0f} KB (page {sent / 1000:.0f}, bundle {bundle / 1000:.0f})",
                f"{len(unlasting)} files without immutable caching",
                limit="≤ 200 KB",
                holds=rest <= 200_000 and not unlasting,
            )
        )


def paint(size: Size, server: web.Server, leader: dict[str, str], reporter: dict[str, str]) -> None:
    """Open each page with an empty cache and a slow processor; one more before, for the browser to begin."""
    from playwright.sync_api import sync_playwright

    from tests.support.browser import chromium_arguments, chromium_path

    base, pages = f"http://127.0.0.1:{server.port}", addresses() | {"form": FORM}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=chromium_arguments())
        visit(browser, f"{base}/login/", {"Cookie": "nothing=read"})
        for name, path in pages.items():
            reader = reporter if name == "form" else leader
            found = [visit(browser, f"{base}{path}", reader) for _ in range(VISITS)]
            largest = statistics.median(one["lcp"] for one in found) / 1000
            shift = max(one["cls"] for one in found)
            add(
                Row(
                    "Weight",
                    size.name,
                    f"{name}: largest paint, layout shift (processor ÷ {SLOWED}; of {VISITS} first visits)",
                    f"{largest:.2f} s, {shift:.3f}",
                    limit="≤ 2 s, ≤ 0.02",
                    holds=0 < largest <= 2 and shift <= 0.02,
                )
            )
        browser.close()


def visit(browser: Any, address: str, reader: dict[str, str]) -> dict[str, float]:
    """Return the largest paint in milliseconds and the layout shift of a visit with an empty cache."""
    with closing(browser.new_context(viewport={"width": 1440, "height": 900})) as context:
        for cookie in reader["Cookie"].split("; "):
            key, _, value = cookie.partition("=")
            context.add_cookies([{"name": key, "value": value, "url": address}])
        tab = context.new_page()
        slow = context.new_cdp_session(tab)
        slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
        tab.goto(address, wait_until="load")
        found: dict[str, float] = tab.evaluate(PAINTS)
        return found


def first_reporter() -> str:
    from apps.accounts.models import User

    return User.objects.filter(role="reporter").order_by("pk").values_list("username", flat=True)[0]


def main() -> None:
    size = SIZES[sys.argv[1]]
    with place.servers():
        database = copy_of(size)
        place.use(database)
        place.with_results()
        web.collect_static(database)
        readers = web.cookies_of("leader"), web.cookies_of(first_reporter())
        with web.serving(database) as server:
            weigh(size, server, *readers)
            paint(size, server, *readers)


if __name__ == "__main__":
    main()
