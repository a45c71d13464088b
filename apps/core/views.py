from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say what to do when a form was sent without its token (an old page, cookies switched off)."""
    return render(request, "403_csrf.html", status=403)
