"""Which pages were read lately and by what kind of reader, so that a worker can make them before the next."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest

KEY = "pages-read-lately"
SECONDS = 30 * 60
EVERY = 20.0
MOST = 24

_noted: dict[tuple[str, int, str], float] = {}


def note(request: HttpRequest) -> None:
    """Remember an address with its reader and language, at most every twenty seconds for each."""
    user: Any = request.user
    entry, now = (request.get_full_path(), user.pk, request.LANGUAGE_CODE), time.monotonic()
    if now - _noted.get(entry, -EVERY) < EVERY:
        return
    if len(_noted) > 2000:
        _noted.clear()
    _noted[entry] = now
    found = dict(cache.get(KEY) or {})
    found.pop(entry, None)
    found[entry] = time.time()
    while len(found) > MOST:
        found.pop(next(iter(found)))
    cache.set(KEY, found, SECONDS)


def forget() -> None:
    """Forget what this process has noted; what all have noted together is left alone."""
    _noted.clear()


def entries() -> Iterator[tuple[str, int, str]]:
    """Yield address, reader and language of the pages read in the last half hour, the latest first."""
    since = time.time() - SECONDS
    for entry, at in reversed((cache.get(KEY) or {}).items()):
        if at > since:
            yield entry
