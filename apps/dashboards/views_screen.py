"""The big screen of the overview."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.access import roles_required
from apps.accounts.enums import BUREAU_ROLES
from apps.core import clock
from apps.dashboards import selectors
from apps.dashboards.guarded import quarter_in
from apps.dashboards.screen import screen_of
from apps.plans.models import AnnualPlan


@require_safe
@roles_required(*BUREAU_ROLES)
def screen(request: HttpRequest) -> HttpResponse:
    """Show the overview of this year's plan (or the newest) at 1920 × 1080; it keeps itself up to date."""
    user: Any = request.user
    years = list(AnnualPlan.objects.visible_to(user).order_by("-year").values_list("year", flat=True))
    this_year = clock.today().year
    plan = selectors.plan_of(user, year=this_year if this_year in years else years[0]) if years else None
    if plan is None:
        return render(request, "dashboards/no_plan.html")
    scope = selectors.scope_of(user, plan=plan, quarter=quarter_in(request))
    response = render(request, "dashboards/screen.html", {"screen": screen_of(scope), "plan": plan})
    response["Cache-Control"] = "private, no-store"
    return response
