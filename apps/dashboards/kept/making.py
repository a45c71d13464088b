"""Making pages before they are asked for: after new data a worker renders those that were read lately."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from typing import Any

from django.conf import settings
from django.contrib.messages.storage.base import BaseStorage
from django.http import HttpRequest
from django.test.client import RequestFactory
from django.urls import resolve
from django.utils import timezone, translation

from apps.accounts.models import User
from apps.core import clock
from apps.dashboards.kept import recent

logger = logging.getLogger(__name__)


class NoMessages(BaseStorage):
    """A reader who is not there has no message waiting."""

    def _get(self, *_: object, **__: object) -> tuple[list[Any], bool]:
        return [], True

    def _store(self, messages: Any, response: Any, *_: object, **__: object) -> list[Any]:
        return []


def make_recent(*, seconds: float = 3600.0, alive: Callable[[], None] = lambda: None) -> bool:
    """Render the pages read lately whose content has changed, the latest first; tell whether all are made.

    Args:
        seconds: no further page is begun after these.
        alive: called after each page.
    """
    until = monotonic() + seconds
    fixed = clock.fixed_date()
    date = fixed or timezone.localdate()
    with clock.held_at(date):
        for address, user_id, language in recent.entries():
            if monotonic() > until:
                return False
            user = User.objects.filter(pk=user_id, is_active=True).first()
            if user is not None:
                _make(request_of(address, user, language, date, is_fixed=fixed is not None), language)
                alive()
    return True


def request_of(address: str, user: User, language: str, date: Any, *, is_fixed: bool) -> HttpRequest:
    """Return a request as this reader would send it, behind all middleware."""
    host = next((name for name in settings.ALLOWED_HOSTS if name != "testserver"), "localhost")
    request: Any = RequestFactory().get(address, headers={"host": host})
    request.user, request.LANGUAGE_CODE = user, language
    request.is_made_ahead = True
    request.business_date, request.business_clock_fixed = date, is_fixed
    request._messages = NoMessages(request)
    return request


def _make(request: HttpRequest, language: str) -> None:
    found = resolve(request.path)
    request.resolver_match = found
    with translation.override(language):
        try:
            found.func(request, *found.args, **found.kwargs)
        except Exception:  # a page that cannot be made now says so to whoever opens it
            logger.exception("the page %s could not be made ahead", request.path)
