"""Who asks too often: logins by address, files in and out by person."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.accounts.security.enums import EventKind
from apps.accounts.security.events import note
from apps.core.limits import MINUTE, is_over
from apps.core.requests import origin

LOGIN_VIEWS = frozenset(
    {"accounts:login", "accounts:login-step", "accounts:reset", "accounts:reset-ask", "accounts:reset-link"}
)
FILES = (".xlsx", ".csv", ".docx", ".pptx", ".pdf", ".zip")


class RateMiddleware:
    """Answer 429, in words, to what comes too often (`settings.RATE_LIMITS`, a minute)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_unused: object) -> HttpResponse | None:
        kind = kind_of(request)
        if kind is None:
            return None
        is_person = request.user.is_authenticated and kind != "login"
        if not is_over(kind, f"user-{request.user.pk}" if is_person else f"address-{origin().address}"):
            return None
        note(EventKind.LIMITED, by=request.user, detail=kind)
        answer = render(request, "429.html", status=429)
        answer["Retry-After"] = str(MINUTE)
        return answer


def kind_of(request: HttpRequest) -> str | None:
    """Return what is counted: a login, files that come in, a file that goes out; None for the rest."""
    match = request.resolver_match
    if request.method == "POST":
        if match is not None and match.view_name in LOGIN_VIEWS:
            return "login"
        return "upload" if request.content_type == "multipart/form-data" else None
    return "export" if request.path_info.endswith(FILES) else None
