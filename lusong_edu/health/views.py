"""Addresses that machines ask: /healthz is alive, /readyz is well, /metrics in Prometheus' words."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache

from . import checks, metrics


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while this process answers; it asks nobody, so that it is never restarted for another's fault."""
    return JsonResponse({"alive": True})


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when everything is well, else 503; `?only=serving` asks what people need alone."""
    found = checks.serving_checks() if request.GET.get("only") == "serving" else checks.all_checks()
    is_well = all(check.is_well for check in found)
    answer = {check.name: {"ok": check.is_well, "says": check.words} for check in found}
    return JsonResponse({"ready": is_well, "checks": answer}, status=200 if is_well else 503)


@never_cache
def prometheus(request: HttpRequest) -> HttpResponse:
    """The metrics for those whom METRICS_ALLOW or METRICS_TOKEN lets in; not there for others."""
    if not may_scrape(request):
        raise Http404
    return HttpResponse(metrics.exposition(), content_type=metrics.CONTENT_TYPE)


def may_scrape(request: HttpRequest) -> bool:
    """By token, or by an address that came directly: what a proxy brought is a visitor's."""
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if settings.METRICS_TOKEN and scheme == "Bearer":
        return constant_time_compare(token, settings.METRICS_TOKEN)
    if "HTTP_X_FORWARDED_FOR" in request.META:
        return False
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:  # a Unix socket has no address
        return False
    return any(address in ipaddress.ip_network(allowed) for allowed in settings.METRICS_ALLOW)
