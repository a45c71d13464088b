"""Background work of the pages."""

from __future__ import annotations

import time

from celery import shared_task
from django.core.cache import cache

from apps.dashboards.kept.making import make_recent

PAUSE = 3
"""Seconds between two makings at least: in a rush pages would be made for nobody."""
SHARE = 1
"""A making is followed by a pause of this many times its length: half of one worker at most."""
LONGEST = 120
BUSY, WAITING = "pages-are-made", "pages-will-be-made"


@shared_task
def make_pages() -> None:
    """Render the pages that were read lately anew; news meanwhile is followed once, after the pause."""
    if cache.add(BUSY, 1, LONGEST):
        started = time.monotonic()
        try:
            make_recent()
        finally:
            cache.set(BUSY, 1, max(PAUSE, round(SHARE * (time.monotonic() - started))))
    elif cache.add(WAITING, 1, PAUSE):
        make_pages.apply_async(countdown=PAUSE)
