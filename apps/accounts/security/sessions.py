"""Logins kept in the database, each with its person, address and times (settings.SESSION_ENGINE)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from apps.core.requests import origin
from apps.core.rows import by_key

SIGNED_IN = "signed_in"
CLOCK_TOLERANCE = dt.timedelta(minutes=5)


class SessionStore(DatabaseStore):
    """Django's, in a table that knows whose a session is, and that ends by idle and by absolute time."""

    row: Any = None

    @classmethod
    def get_model_class(cls) -> Any:
        from apps.accounts.security.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        now, here, before = timezone.now(), origin(), self.row
        row.user_id = data.get(SESSION_KEY)
        row.address = before.address if before else here.address
        row.agent = before.agent if before else here.agent
        row.started_at = dt.datetime.fromisoformat(data[SIGNED_IN]) if SIGNED_IN in data else now
        row.seen_at = now
        return row

    def _get_session_from_db(self) -> Any:
        row = by_key(self.get_model_class(), self.session_key)
        if row is not None and is_over(row):
            expire(row)
            row = None
        if row is None or row.expire_date <= timezone.now():
            row = self._session_key = None
        self.row = row
        return row


def is_over(row: Any) -> bool:
    """A session ends when nobody did anything for a while, and some hours after the login in any case.

    One used in the future ends, too: the clock was set back, and nobody knows any more how long it was idle.
    """
    now = timezone.now()
    if row.seen_at - now > CLOCK_TOLERANCE:
        return True
    idle = now - row.seen_at > dt.timedelta(minutes=settings.SESSION_IDLE_MINUTES)
    return idle or now - row.started_at > dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)


def expire(row: Any) -> None:
    """Remove a session whose time is over; the log tells it once, also when two requests find out."""
    from apps.accounts.security.enums import EventKind
    from apps.accounts.security.events import note

    deleted, _rows = type(row).objects.filter(pk=row.pk).delete()
    if deleted and row.user_id:
        note(EventKind.EXPIRED, about=row.user)
