"""The burden ledger."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.access import roles_required
from apps.accounts.enums import BUREAU_ROLES
from apps.accounts.permissions import manages_settings
from apps.core import clock
from apps.dashboards.burden_page import ledger_of
from apps.dashboards.home import plan_in_force
from apps.organisations.enums import SchoolType


@require_safe
@roles_required(*BUREAU_ROLES)
def burden(request: HttpRequest) -> HttpResponse:
    """Show what the forms ask of schools, in fields and minutes, and what switching off would save."""
    user: Any = request.user
    plan = plan_in_force(user)
    if plan is None:
        return render(request, "dashboards/no_plan.html")
    page = ledger_of(plan, clock.today())
    context = {
        "plan": plan,
        "page": page,
        "schools": [(SchoolType(row.school_type).label, row) for row in page.schools],
        "may_switch": manages_settings(user) and plan.region_id == user.region_id,
    }
    return render(request, "dashboards/burden.html", context)
