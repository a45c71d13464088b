"""The history of who reports in time."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.access import roles_required
from apps.accounts.enums import BUREAU_ROLES
from apps.dashboards.timeliness_page import timeliness_in


@require_safe
@roles_required(*BUREAU_ROLES)
def timeliness(request: HttpRequest) -> HttpResponse:
    """Show for the last eight quarters who reported in time, late or not, and what was sent back."""
    user: Any = request.user
    found = timeliness_in(user, request.GET)
    context = {"found": found, "query": request.GET.urlencode()}
    return render(request, "dashboards/timeliness.html", context)
