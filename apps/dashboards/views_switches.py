"""The switches of single indicators."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import permission_required
from apps.accounts.models import User
from apps.accounts.permissions import manages_settings
from apps.collection.services import assignments_generate
from apps.core import clock
from apps.dashboards.burden_page import costs_of_indicators
from apps.dashboards.home import plan_in_force
from apps.dashboards.switches import switches_of
from apps.plans.models import AnnualPlan
from apps.plans.setting_up import indicators_mute


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(manages_settings)
def switches(request: HttpRequest) -> HttpResponse:
    """Show and set which indicators are asked."""
    user: Any = request.user
    plan = plan_in_force(user)
    if plan is None or plan.region_id != user.region_id:
        raise Http404
    rows = switches_of(plan)
    if request.method == "POST":
        asked = set(request.POST.getlist("asked"))
        shown = {row.indicator.code for row in rows}
        _apply(plan, (set(plan.policy.muted_codes) - shown) | (shown - asked), user)
        messages.success(request, _("The settings are saved; the forms ask accordingly from now on."))
        return redirect("dashboards:switches")
    costs = costs_of_indicators(plan, clock.today())
    told = [replace(row, cost=costs.get(row.indicator.code, row.cost)) for row in rows]
    return render(request, "home/switches.html", {"plan": plan, "rows": told})


@transaction.atomic
def _apply(plan: AnnualPlan, muted: set[str], user: User) -> None:
    indicators_mute(plan=plan, codes=muted, by=user)
    assignments_generate(plan=plan, by=user)
