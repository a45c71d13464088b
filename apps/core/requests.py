"""Where a request came from and its number, known to everything that runs while it is answered."""

from __future__ import annotations

import ipaddress
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

GIVEN_NUMBER = re.compile(r"[A-Za-z0-9-]{8,64}")


@dataclass(frozen=True)
class Origin:
    """`number` names the request in logs, audit rows and answers; `address` is the visitor's or None."""

    number: str = ""
    address: str | None = None
    path: str = ""
    agent: str = ""


NOWHERE = Origin()
_current: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def origin() -> Origin:
    """Return the origin of the request being answered; empty outside of one."""
    return _current.get()


@contextmanager
def held(found: Origin) -> Iterator[None]:
    token = _current.set(found)
    try:
        yield
    finally:
        _current.reset(token)


def client_address(request: HttpRequest) -> str | None:
    """Return the visitor's address.

    Behind N proxies (`settings.PROXIES`) it is the N-th last of X-Forwarded-For, because each proxy
    appends whom it heard; what stands before that was written by the visitor and means nothing.
    """
    heard = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    chain = [*heard, request.META.get("REMOTE_ADDR", "")]
    text = chain[max(len(chain) - 1 - settings.PROXIES, 0)] if settings.PROXIES else chain[-1]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def origin_of(request: HttpRequest) -> Origin:
    """Return where `request` comes from; a proxy's own request number is kept."""
    given = request.META.get("HTTP_X_REQUEST_ID", "") if settings.PROXIES else ""
    return Origin(
        number=given if GIVEN_NUMBER.fullmatch(given) else uuid.uuid4().hex,
        address=client_address(request),
        path=request.get_full_path()[:200],
        agent=request.META.get("HTTP_USER_AGENT", "")[:200],
    )


class OriginMiddleware:
    """Hold the request's origin while it is answered and name the request in the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = origin_of(request)
        with held(found):
            response = self.get_response(request)
        response["X-Request-ID"] = found.number
        return response
