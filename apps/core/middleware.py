from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.locale import LocaleMiddleware
from django.utils import timezone, translation

from apps.core import clock


class ChosenLanguageMiddleware(LocaleMiddleware):
    """The language a reader has chosen on a page, else Chinese, whatever the browser prefers."""

    def process_request(self, request: HttpRequest) -> None:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()  # type: ignore[assignment]


class BusinessDateMiddleware:
    """Read the business date once, so that one response never straddles midnight, and when it was read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        fixed, moment = clock.read()
        date = fixed or timezone.localdate()
        request.business_date, request.database_moment = date, moment  # type: ignore[attr-defined]
        request.business_clock_fixed = fixed is not None  # type: ignore[attr-defined]
        with clock.held_at(date):
            return self.get_response(request)


class NoNullMiddleware:
    """Refuse a NUL character in address, query or form: nobody types one, and PostgreSQL keeps none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_unused: object) -> HttpResponse | None:
        if "\x00" in request.path_info or _has_null(request.GET) or _has_null(request.POST):
            raise BadRequest("NUL character")
        return None


def _has_null(sent: QueryDict) -> bool:
    return any("\x00" in text for name, values in sent.lists() for text in (name, *values))
