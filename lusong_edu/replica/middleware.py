"""Reads dashboards and reports from the replica where it is well; people see what they wrote themselves."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse

from apps.core import reading
from lusong_edu.health import metrics

from .following import follower

logger = logging.getLogger(__name__)
COOKIE = "lusong-written"
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
NAMESPACES = frozenset({"dashboards", "reports"})
NEVER = frozenset({"dashboards:audit", "dashboards:operations"})
"""Who looks after the machine or looks for traces wants to see it as it is."""


class ReplicaMiddleware:
    """Choose the database before a view; after a write, note how far the primary's log was."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            response = self.get_response(request)
            began = getattr(request, "began_at_replica", False)
            if request.method not in SAFE or (began and not reading.is_from_replica()):
                remember_write(response)
        finally:
            reading.from_primary()
        return response

    def process_view(self, request: HttpRequest, *_unused: object) -> None:
        match = request.resolver_match
        if request.method not in ("GET", "HEAD") or match is None or match.view_name in NEVER:
            return
        if match.app_name not in NAMESPACES:
            return
        reason = follower.reason_against(request.COOKIES.get(COOKIE))
        metrics.PAGE_READS.labels("primary" if reason else "replica", reason).inc()
        if not reason:
            reading.from_replica()
            request.began_at_replica = True  # type: ignore[attr-defined]

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Whatever the replica could not answer is asked of the primary; the reader notices nothing."""
        if not isinstance(error, DatabaseError | InterfaceError) or not reading.is_from_replica():
            return None
        logger.warning("the replica failed, the page is read from the primary: %s", type(error).__name__)
        metrics.PAGE_READS.labels("primary", "failed").inc()
        reading.from_primary()
        follower.doubt()
        match = request.resolver_match
        assert match is not None
        return match.func(request, *match.args, **match.kwargs)


def remember_write(response: HttpResponse) -> None:
    """Give the browser the position that a replica must have reached before it may answer this reader."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
            position: str = cursor.fetchone()[0]
    except (DatabaseError, InterfaceError):
        return  # nothing can have been written
    response.set_cookie(
        COOKIE,
        position,
        max_age=settings.REPLICA_LAG_SECONDS + 60,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
