"""How often and how much: counts in Redis by the minute, and the largest request.

While Redis is away nothing is limited, which is logged; the lock of the login does not depend on it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
MINUTE = 60


def is_over(kind: str, key: str, *, now: float | None = None) -> bool:
    """Count one more of `kind` by `key` and return whether that is more than its limit a minute."""
    minute = int(time.time() if now is None else now) // MINUTE
    name = f"limit:{kind}:{key}:{minute}"
    try:
        cache.add(name, 0, 2 * MINUTE)
        return int(cache.incr(name)) > settings.RATE_LIMITS[kind]
    except (RedisError, ValueError) as error:
        logger.warning("not counted, so not limited (%s): %s", kind, type(error).__name__)
        return False


class RequestSizeMiddleware:
    """Refuse a request that is larger than any file the product takes, before it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) <= settings.LARGEST_REQUEST:
            return self.get_response(request)
        limit = settings.LARGEST_REQUEST >> 20
        return render(request, "413.html", {"limit": limit}, status=413)
