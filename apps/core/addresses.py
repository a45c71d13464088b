"""Addresses that lead on to another one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse


def redirect_on(request: HttpRequest, name: str, *args: object) -> HttpResponseRedirect:
    """Redirect to the page `name`, with everything that was asked after the question mark."""
    query = request.GET.urlencode()
    address = reverse(name, args=args)
    return HttpResponseRedirect(f"{address}?{query}" if query else address)
