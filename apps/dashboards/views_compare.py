from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.access import roles_required
from apps.accounts.enums import BUREAU_ROLES
from apps.dashboards.comparing import compare_page
from apps.dashboards.guarded import indicator_or_404, scope_or_404
from apps.dashboards.league import league_page
from apps.plans.permissions import sees_league_tables


@require_safe
@roles_required(*BUREAU_ROLES)
def compare(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Compare an indicator with last year, between groups and among schools."""
    scope = scope_or_404(request, year)
    page = compare_page(scope, indicator_or_404(scope, code))
    return render(request, "dashboards/compare.html", {"page": page, "scope": scope, "plan": scope.plan})


@require_safe
@roles_required(*BUREAU_ROLES)
def league(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Show schools in order, to the roles that the bureau has switched it on for."""
    scope = scope_or_404(request, year)
    indicator = indicator_or_404(scope, code)
    if not sees_league_tables(request.user, scope.plan):
        raise PermissionDenied
    page = league_page(scope, indicator)
    return render(request, "dashboards/league.html", {"page": page, "scope": scope, "plan": scope.plan})
