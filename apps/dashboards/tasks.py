"""Background work of the pages."""

from __future__ import annotations

from celery import shared_task
from django.core.cache import cache

from apps.dashboards.kept.making import make_recent

PAUSE = 3
"""Seconds between two makings: in a rush pages would be made for nobody."""


@shared_task
def make_pages() -> None:
    """Render the pages that were read lately anew; news within the pause is followed once, after it."""
    if cache.add("pages-are-made", 1, PAUSE):
        make_recent()
    elif cache.add("pages-will-be-made", 1, PAUSE):
        make_pages.apply_async(countdown=PAUSE)
