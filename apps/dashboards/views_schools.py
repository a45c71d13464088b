from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from apps.accounts.access import roles_required
from apps.accounts.enums import BUREAU_ROLES, Role
from apps.dashboards import schools as selectors
from apps.dashboards.evaluations.notices import evaluations_of
from apps.dashboards.guarded import quarter_in
from apps.dashboards.kept.pages import kept


@require_safe
@roles_required(*BUREAU_ROLES)
def schools(request: HttpRequest) -> HttpResponse:
    """List the schools of the reader's region, found by a part of their name or code."""
    user: Any = request.user
    wanted = request.GET.get("q", "").strip()
    page = selectors.search(user, wanted, request.GET.get("page"))
    return render(request, "dashboards/schools.html", {"page": page, "wanted": wanted})


@require_safe
@roles_required(*Role)
@kept
def school(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one school: its course of life, its values, its returns."""
    user: Any = request.user
    found = get_object_or_404(selectors.with_history(user), pk=pk)
    page = selectors.school_page(user, found, quarter=quarter_in(request))
    context = {"page": page, "school": found, "scope": page.scope, "evaluations": evaluations_of(page)}
    return render(request, "dashboards/school.html", context)
