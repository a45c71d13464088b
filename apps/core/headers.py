"""What browsers are told to refuse: a policy of the pages, and one of its own for the administration.

Settings have the shape of Django 6's SECURE_CSP; an answer that brings a policy of its own (files) keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse

CSP = "Content-Security-Policy"


def policy_text(policy: Mapping[str, Sequence[str]]) -> str:
    """Return a policy as the header has it: directive, then its sources."""
    return "; ".join(" ".join((name, *sources)) for name, sources in policy.items())


class PolicyMiddleware:
    """Send Content-Security-Policy and Permissions-Policy with every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.pages = policy_text(settings.SECURE_CSP)
        self.administration = policy_text(settings.SECURE_CSP | settings.ADMINISTRATION_CSP)
        self.permissions = ", ".join(f"{feature}=()" for feature in settings.REFUSED_FEATURES)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_administration = request.path_info.startswith("/admin/")
        response.headers.setdefault(CSP, self.administration if is_administration else self.pages)
        response.headers.setdefault("Permissions-Policy", self.permissions)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
