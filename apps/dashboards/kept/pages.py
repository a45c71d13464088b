"""Pages that are rendered once for all who may see the same, as long as what they say is the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag

from apps.dashboards.kept import recent, slots, store
from apps.dashboards.kept.readers import class_of
from apps.dashboards.kept.stamps import stamp_at

View = Callable[..., HttpResponse]
PROGRAM = ("templates/**/*.html", "apps/**/*.py", "apps/**/*.mo", "static/**/*", "fixtures/**/*.yaml")


def kept(view: View) -> View:
    """Keep what a view answers by reader class, stamp, language, business date and address.

    The view must show the same to every reader of a class. An address with anything but a quarter, a message
    that waits to be shown and any answer but a page are not kept.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _is_keepable(request):
            return view(request, *args, **kwargs)
        key = key_of(request, kwargs)
        tag = _etag(key, request)
        if unchanged := get_conditional_response(request, etag=tag):
            return _private(unchanged, tag)
        html = store.get(key)
        if html is None:
            response = _rendered(view, request, *args, **kwargs)
            if response.status_code != 200 or response.streaming:
                return response
            html = response.content.decode()
            store.put(key, html)
        if not getattr(request, "is_made_ahead", False):  # what a worker makes nobody has read
            recent.note(request)
        return _private(HttpResponse(slots.filled(html, request)), tag)

    return answer


def key_of(request: HttpRequest, arguments: dict[str, Any]) -> str:
    """Return the key of a page (no query while nobody writes, else one; one more for a deputy director)."""
    user: Any = request.user
    moment = getattr(request, "database_moment", "")
    parts = (
        program(),
        class_of(user),
        stamp_at(moment, region_id=user.region_id, school_id=arguments.get("pk")),
        request.LANGUAGE_CODE,
        request.business_date,  # type: ignore[attr-defined]
        request.business_clock_fixed,  # type: ignore[attr-defined]
        request.get_full_path(),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def forget() -> None:
    """Forget what this process keeps; the shared cache is left alone."""
    store.forget()
    slots.forget()


@cache
def program() -> str:
    """Return what tells one version of the program from another: its pages differ as well."""
    base = Path(settings.BASE_DIR)
    files = sorted(path for pattern in PROGRAM for path in base.glob(pattern) if path.is_file())
    found = "".join(f"{path}:{path.stat().st_mtime_ns}" for path in files)
    return hashlib.sha256(found.encode()).hexdigest()


def _is_keepable(request: HttpRequest) -> bool:
    if request.method not in ("GET", "HEAD") or set(request.GET) - {"quarter"}:
        return False
    return len(request.get_full_path()) < 300 and not len(get_messages(request))


def _rendered(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    request.is_kept = True  # type: ignore[attr-defined]
    try:
        return view(request, *args, **kwargs)
    finally:
        request.is_kept = False  # type: ignore[attr-defined]


def _etag(key: str, request: HttpRequest) -> str:
    """A page's forms are good for the secret of this browser only."""
    secret = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    text = repr((key, slots.reader_of(request), secret))
    return quote_etag(hashlib.sha256(text.encode()).hexdigest()[:32])


def _private(response: HttpResponse, tag: str) -> HttpResponse:
    response["ETag"] = tag
    patch_cache_control(response, private=True, no_cache=True)
    return response
