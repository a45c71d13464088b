"""Baselines: read by the bureau, locked and restated by its administrator."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import get_visible_or_404, roles_required
from apps.accounts.enums import BUREAU_ROLES
from apps.dashboards.baselines import BaselineForm, baseline_row, baseline_rows
from apps.dashboards.views_bureau import plan_or_404, show_refusal
from apps.plans.models import Indicator
from apps.plans.setting_up import baseline_lock, sets_up


@require_safe
@roles_required(*BUREAU_ROLES)
def baselines(request: HttpRequest) -> HttpResponse:
    """List the indicators with their locked figures of the year before, missing ones first."""
    user: Any = request.user
    plan = plan_or_404(user)
    context = {"plan": plan, "rows": baseline_rows(user, plan), "may_lock": sets_up(user, plan)}
    return render(request, "home/baselines.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@roles_required(*BUREAU_ROLES)
def baseline(request: HttpRequest, code: str) -> HttpResponse:
    """Show the baselines of one indicator with those they replaced; lock or restate one."""
    user: Any = request.user
    plan = plan_or_404(user)
    visible = Indicator.objects.filter(plan=plan).select_related("area", "lead_office", "plan")
    indicator = get_visible_or_404(visible, user, code=code)
    may_lock = sets_up(user, plan)
    if request.method == "POST" and not may_lock:
        raise PermissionDenied
    form = BaselineForm(request.POST if request.method == "POST" else None, indicator=indicator)
    if form.is_valid():
        try:
            baseline_lock(indicator=indicator, by=user, **form.given())
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The baseline of “%(name)s” is locked.") % {"name": indicator.name})
            return redirect("dashboards:baseline", code=code)
    context = {"row": baseline_row(user, indicator), "form": form, "may_lock": may_lock}
    return render(request, "home/baseline.html", context)
