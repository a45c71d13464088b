"""The completeness board."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.access import roles_required
from apps.accounts.enums import BUREAU_ROLES
from apps.collection.chasing.permissions import chases_for
from apps.core.addresses import redirect_on
from apps.dashboards.board import OFFICE, STATES, Choice, board_of, choice_in
from apps.dashboards.board_table import kind_text
from apps.dashboards.guarded import scope_or_404
from apps.dashboards.home import plan_in_force
from apps.organisations.enums import SchoolType


@require_safe
@roles_required(*BUREAU_ROLES)
def current(request: HttpRequest) -> HttpResponse:
    """Lead to the board of the plan in force."""
    user: Any = request.user
    plan = plan_in_force(user)
    if plan is None:
        return render(request, "dashboards/no_plan.html")
    return redirect_on(request, "dashboards:completeness", plan.year)


@require_safe
@roles_required(*BUREAU_ROLES)
def completeness(request: HttpRequest, year: int) -> HttpResponse:
    """Show who owes what in which area of a quarter, and how far it is."""
    scope = scope_or_404(request, year)
    board = board_of(scope, choice_in(request.GET))
    query = request.GET.copy()
    query["quarter"] = scope.quarter_text
    context = {
        "board": board,
        "scope": scope,
        "plan": scope.plan,
        "states": [(state, board.whole.counts[state]) for state in STATES],
        "kinds": [(kind, kind_text(kind)) for kind in (*SchoolType.values, OFFICE)],
        "columns": list(zip(board.areas, board.by_area, strict=True)),
        "query": query.urlencode(),
        "may_chase": scope.period is not None and chases_for(request.user, scope.period),
        "is_filtered": board.choice != Choice(),
    }
    return render(request, "dashboards/completeness.html", context)
