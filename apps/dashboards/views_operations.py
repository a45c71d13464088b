"""The administrator's page of what runs by itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import permission_required
from apps.accounts.permissions import manages_settings
from apps.core import clock
from apps.dashboards.home import plan_in_force
from apps.dashboards.operations import operations_of
from apps.rollups.services import rebuild_request, refresh_request

REQUESTS = {"refresh": refresh_request, "rebuild": rebuild_request}


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(manages_settings)
def operations(request: HttpRequest) -> HttpResponse:
    """Show the workers, sweeps, periods and rebuilds; ask a worker for a refresh or a rebuild now."""
    user: Any = request.user
    plan = plan_in_force(user)
    if plan is None or plan.region_id != user.region_id:
        raise Http404
    if request.method != "POST":
        page = operations_of(plan, today=clock.today())
        return render(request, "dashboards/operations.html", {"page": page, "plan": plan})
    asked = REQUESTS.get(request.POST.get("action", ""))
    if asked is None:
        raise Http404
    if asked(plan=plan, by=user):
        messages.success(request, _("A worker has been asked; reload this page in a moment."))
    else:
        messages.error(
            request, _("The message broker cannot be reached. The sweep catches up as soon as it is back.")
        )
    return redirect("dashboards:operations")
