"""What a first visit carries and how soon it is there: python -m benchmarks.weight SIZE

Bytes are those on the wire with an empty cache: files as production sends them (`Accept-Encoding: br, gzip`),
the page itself as nginx compresses it.
Chromium then opens the page with its processor slowed down to a quarter.
"""

from __future__ import annotations

import gzip
import re
import sys

from benchmarks import client, place, web
from benchmarks.forms import copy_of
from benchmarks.pages import addresses
from benchmarks.results import Row, add
from benchmarks.sizes import SIZES, Size

LINKED = re.compile(r'(?:src|href)="(/static/[^"]+)"')
FORM = "/collection/2025/4/"
SLOWED = 4
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
    """Open each page with an empty cache and a slow processor."""
    from playwright.sync_api import sync_playwright

    from tests.support.browser import chromium_arguments, chromium_path

    pages = addresses() | {"form": FORM}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=chromium_arguments())
        for name, path in pages.items():
            reader = reporter if name == "form" else leader
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            for cookie in reader["Cookie"].split("; "):
                key, _, value = cookie.partition("=")
                context.add_cookies([{"name": key, "value": value, "url": f"http://127.0.0.1:{server.port}"}])
            tab = context.new_page()
            slow = context.new_cdp_session(tab)
            slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
            tab.goto(f"http://127.0.0.1:{server.port}{path}", wait_until="load")
            found = tab.evaluate(PAINTS)
            context.close()
            add(
                Row(
                    "Weight",
                    size.name,
                    f"{name}: largest paint, layout shift (processor ÷ {SLOWED})",
                    f"{found['lcp'] / 1000:.2f} s, {found['cls']:.3f}",
                    limit="≤ 2 s, ≤ 0.02",
                    holds=0 < found["lcp"] <= 2000 and found["cls"] <= 0.02,
                )
            )
        browser.close()


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
