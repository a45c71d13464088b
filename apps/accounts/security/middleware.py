"""What every request owes security: its session's last use, what was refused, what was taken out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from apps.accounts.enums import Role
from apps.accounts.security import second_factor
from apps.accounts.security.enums import EventKind
from apps.accounts.security.events import note
from apps.accounts.security.models import Session

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
# A session's last use is written at most this often.
EVERY = timedelta(minutes=1)
# What an administrator without a second step may still do while it is demanded.
BEFORE_SECOND_STEP = frozenset(
    {"accounts:second-factor", "accounts:password", "accounts:logout", "set_language", "healthz"}
)


class ActivityMiddleware:
    """Note that a session is used, but not by what pages ask by themselves (SESSION_PASSIVE_VIEWS)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_unused: object) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.view_name in settings.SESSION_PASSIVE_VIEWS:
            return None
        if request.user.is_authenticated:
            row, now = getattr(request.session, "row", None), timezone.now()
            if row is not None and now - row.seen_at > EVERY:
                Session.objects.filter(pk=row.pk).update(seen_at=now)
        return None


class SecondStepMiddleware:
    """Send an administrator who has no second step to its page, where the setting demands one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_unused: object) -> HttpResponse | None:
        if not settings.SECOND_STEP_FOR_ADMINISTRATORS or not request.user.is_authenticated:
            return None
        if request.user.role != Role.ADMINISTRATOR or second_factor.is_on(request.user):
            return None
        match = request.resolver_match
        if match is not None and match.view_name in BEFORE_SECOND_STEP:
            return None
        return redirect("accounts:second-factor")


class SecurityLogMiddleware:
    """Write down refused actions and files that leave the platform."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 403 and request.method not in SAFE:
            note(EventKind.DENIED, by=request.user, detail=str(request.method))
        elif response.status_code == 200 and response.has_header("Content-Disposition"):
            note(EventKind.DOWNLOAD, by=request.user, detail=str(request.META.get("QUERY_STRING", "")))
        return response
