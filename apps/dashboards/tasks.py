"""Background work of the pages."""

from __future__ import annotations

import time

from celery import shared_task
from django.core.cache import cache

from apps.dashboards.kept.making import make_recent

SLICE = 2
"""Seconds of making in one go: whatever is news meanwhile begins again with the page that was read last."""
PAUSE = 2
"""Seconds between two goes at least: in a rush pages would be made for nobody."""
SHARE = 1
"""A go is followed by a pause of this many times its length: half of one worker at most."""
LEASE = 15
"""Seconds from page to page at most: a worker that was ended in the middle holds nobody up for longer."""
BUSY, WAITING = "pages-are-made", "pages-will-be-made"


@shared_task
def make_pages() -> None:
    """Render the pages that were read lately anew; what is left, and news meanwhile, follow after a pause."""
    if not cache.add(BUSY, 1, LEASE):
        _go_on(PAUSE)
        return
    started, is_all = time.monotonic(), True
    try:
        is_all = make_recent(seconds=SLICE, alive=lambda: cache.set(BUSY, 1, LEASE))
    finally:
        pause = max(PAUSE, round(SHARE * (time.monotonic() - started)))
        cache.set(BUSY, 1, pause)
    if not is_all:
        _go_on(pause)


def _go_on(pause: int) -> None:
    """Have one more go when the pause is over, however many ask for it."""
    if cache.add(WAITING, 1, pause):
        make_pages.apply_async(countdown=pause + 0.2)
