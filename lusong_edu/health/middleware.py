"""Answers machines before anything else is asked; counts each request and writes one line about it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound

from . import metrics, views

logger = logging.getLogger("lusong.requests")
MACHINES = {"/healthz": views.healthz, "/readyz": views.readyz, "/metrics": views.prometheus}


class MachineMiddleware:
    """Answers who asks how the system is, outside of all that needs a database, a host name or TLS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (view := MACHINES.get(request.path)) is None:
            return self.get_response(request)
        try:
            return view(request)
        except Http404:
            return HttpResponseNotFound()


class RequestLogMiddleware:
    """One line without name, address or query; the view, not the path, which may hold what was typed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - begun
        view = request.resolver_match.view_name if request.resolver_match else "none"
        method = request.method if request.method in ("GET", "HEAD", "POST") else "other"
        metrics.REQUESTS.labels(method, view, response.status_code).inc()
        metrics.REQUEST_SECONDS.labels(view).observe(seconds)
        facts = {"method": method, "view": view, "status": response.status_code}
        facts["ms"] = round(seconds * 1000)
        logger.info("%s %s %s", method, view, response.status_code, extra={"facts": facts})
        return response
