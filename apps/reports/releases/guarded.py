"""One guarded fetch for what an address of a release names; what the reader may not see is a 404."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from apps.accounts.access import get_visible_or_404
from apps.collection.models import Period
from apps.dashboards import selectors
from apps.plans.models import AnnualPlan
from apps.reports.releases.models import Release


def plan_or_404(request: HttpRequest, year: int) -> AnnualPlan:
    """Return the plan of a year that the reader may see."""
    plan = selectors.plan_of(request.user, year=year)  # type: ignore[arg-type]
    if plan is None:
        raise Http404
    return plan


def period_or_404(plan: AnnualPlan, quarter: int) -> Period:
    period: Period = get_object_or_404(Period, plan=plan, quarter=quarter)
    return period


def release_or_404(request: HttpRequest, year: int, quarter: int, version: int) -> Release:
    """Return a release of the plan of a year, with its content (two queries)."""
    user: Any = request.user
    rows = Release.objects.select_related("plan__region", "released_by")
    found: Release = get_visible_or_404(
        rows, user, plan=plan_or_404(request, year), quarter=quarter, version=version
    )
    return found
