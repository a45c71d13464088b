"""The places of a kept page that belong to its reader alone: the bar with name and notices, form tokens."""

from __future__ import annotations

import time
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

TOKEN = "slot-of-the-form-token"  # noqa: S105 - a place, no secret  # nosec B105
CHROME = "<!-- slot of the top bar -->"
SECONDS, MOST = 60.0, 500

_bars: dict[tuple[Any, ...], tuple[float, str]] = {}


def context(request: HttpRequest) -> dict[str, str]:
    """Context processor: leave the slots open while a page is rendered to be kept."""
    if not getattr(request, "is_kept", False):
        return {}
    return {"chrome_slot": mark_safe(CHROME), "csrf_token": TOKEN}  # noqa: S308 - constant  # nosec B308 B703


def reader_of(request: HttpRequest) -> tuple[Any, ...]:
    """Return everything that the slots of this request depend on, but for the token."""
    user: Any = request.user
    return (
        *(user.pk, user.name, user.role, user.region_id, user.organisation_id, user.unread_notices),
        *(request.LANGUAGE_CODE, request.business_date, request.business_clock_fixed, request.path),  # type: ignore[attr-defined]
    )


def filled(html: str, request: HttpRequest) -> str:
    """Return a kept page as this reader's."""
    return html.replace(CHROME, _bar(request)).replace(TOKEN, get_token(request))


def forget() -> None:
    """Forget the bars that this process keeps."""
    _bars.clear()


def _bar(request: HttpRequest) -> str:
    """The bar, its token still open; kept in this process for a minute, for it asks for names alone."""
    key, now = reader_of(request), time.monotonic()
    made, bar = _bars.get(key, (0.0, ""))
    if not bar or now - made > SECONDS:
        request.is_kept = True  # type: ignore[attr-defined]
        bar = render_to_string("partials/chrome.html", request=request)
        if len(_bars) >= MOST:
            _bars.clear()
        _bars[key] = (now, bar)
    return bar
