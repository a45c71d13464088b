from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from apps.accounts.access import roles_required
from apps.accounts.enums import BUREAU_ROLES
from apps.dashboards import levers as selectors
from apps.dashboards.guarded import indicator_or_404, scope_or_404
from apps.dashboards.reading_cells import target_text


@require_http_methods(["GET", "HEAD", "POST"])
@roles_required(*BUREAU_ROLES)
def levers(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Show what moved an indicator and what would close its gap; work out other numbers, saving nothing."""
    scope = scope_or_404(request, year)
    page = selectors.levers_page(
        scope,
        indicator_or_404(scope, code),
        by=request.GET.get("by", ""),
        sent=request.POST.dict() if request.method == "POST" else None,
    )
    return render(
        request,
        "dashboards/levers.html",
        {"page": page, "scope": scope, "plan": scope.plan, "target_text": target_text(page.reading)},
    )
