from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.access import roles_required
from apps.accounts.enums import BUREAU_ROLES
from apps.dashboards.comparing import compare_page
from apps.dashboards.guarded import indicator_or_404, scope_or_404


@require_safe
@roles_required(*BUREAU_ROLES)
def compare(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Compare an indicator with last year, between groups and among schools."""
    scope = scope_or_404(request, year)
    page = compare_page(scope, indicator_or_404(scope, code))
    return render(request, "dashboards/compare.html", {"page": page, "scope": scope, "plan": scope.plan})
