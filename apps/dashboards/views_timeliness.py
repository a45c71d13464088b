"""The history of who reports in time."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.access import roles_required
from apps.accounts.enums import BUREAU_ROLES
from apps.collection.models import Period
from apps.collection.timeliness import timeliness_of
from apps.core import clock
from apps.organisations.models import Organisation

QUARTERS_BACK = 8


@require_safe
@roles_required(*BUREAU_ROLES)
def timeliness(request: HttpRequest) -> HttpResponse:
    """Show for the last eight quarters who reported in time, late or not, and what was sent back."""
    user: Any = request.user
    today = clock.today()
    begun = Period.objects.filter(plan__region=user.region_id, opens_on__lte=today).select_related("plan")
    periods = sorted(begun.order_by("-ends_on")[:QUARTERS_BACK], key=lambda period: period.ends_on)
    seen = Organisation.objects.visible_to(user)
    kind = request.GET.get("kind", "school")
    if kind == "office":
        seen = seen.offices()
    elif kind == "school":
        seen = seen.schools()
    text = request.GET.get("q", "").strip()[:60]
    if text:
        seen = seen.filter(name__icontains=text)
    rows = timeliness_of(periods, organisations=seen, today=today)
    context = {
        "periods": periods,
        "rows": rows,
        "kind": kind,
        "text": text,
        "n_always": sum(row.n_due > 0 and row.n_late == 0 for row in rows),
        "n_twice": sum(row.n_late > 1 for row in rows),
    }
    return render(request, "dashboards/timeliness.html", context)
