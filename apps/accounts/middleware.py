from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

# What a person who must choose a new password may still do.
ALLOWED = frozenset({"accounts:password", "accounts:logout", "set_language"})


class PasswordChangeMiddleware:
    """Send whoever must change the password to that page, from every other one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_unused: object) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.view_name in ALLOWED:
            return None
        if request.user.is_authenticated and request.user.must_change_password:
            return redirect("accounts:password")
        return None
