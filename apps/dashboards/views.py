from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from apps.accounts.access import roles_required
from apps.accounts.enums import BUREAU_ROLES, Role
from apps.core.addresses import redirect_on
from apps.dashboards import pages, selectors
from apps.dashboards.citing import citations_of
from apps.dashboards.evaluations.notices import notices_for
from apps.dashboards.guarded import area_or_404, explain_page_or_404, indicator_or_404, scope_or_404
from apps.dashboards.kept.pages import kept
from apps.dashboards.levers import levers_card
from apps.dashboards.targets_text import baseline_text, reference_text
from apps.plans.models import AnnualPlan
from apps.plans.permissions import decides_targets


@require_safe
@roles_required(*BUREAU_ROLES)
def current(request: HttpRequest) -> HttpResponse:
    """Lead to the overview of the newest plan the reader may see."""
    user: Any = request.user
    plan = AnnualPlan.objects.visible_to(user).order_by("-year").first()
    if plan is None:
        return render(request, "dashboards/no_plan.html")
    return redirect_on(request, "dashboards:overview", plan.year)


@require_safe
@roles_required(*BUREAU_ROLES)
@kept
def overview(request: HttpRequest, year: int) -> HttpResponse:
    """Show the areas of a plan in one quarter."""
    page = pages.overview_page(scope_or_404(request, year))
    context = {
        "page": page,
        "scope": page.scope,
        "plan": page.scope.plan,
        "citations": citations_of(page.scope),
    }
    return render(request, "dashboards/overview.html", context)


@require_safe
@roles_required(*BUREAU_ROLES)
@kept
def area(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Show one area: its text, indicators and measures."""
    scope = scope_or_404(request, year)
    page = pages.area_page(scope, area_or_404(scope, number))
    return render(request, "dashboards/area.html", {"page": page, "scope": scope, "plan": scope.plan})


@require_safe
@roles_required(*BUREAU_ROLES)
@kept
def indicator(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Show one indicator."""
    scope = scope_or_404(request, year)
    page = pages.indicator_page(scope, indicator_or_404(scope, code))
    return render(
        request,
        "dashboards/indicator.html",
        {
            "page": page,
            "scope": scope,
            "plan": scope.plan,
            "elements": page.elements,
            "is_decider": decides_targets(scope.user, scope.plan),
            "baseline_text": baseline_text(page.indicator, page.baseline) if page.baseline else "",
            "levers": levers_card(scope, page.indicator, page.reading),
            "references": [reference_text(line) for line in page.indicator.reference_lines.all()],
            "notices": notices_for(scope, page.indicator),
        },
    )


@require_safe
@roles_required(*Role)
def pulse(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Tell the generation of a plan, for open pages; 304 while it is unchanged."""
    user: Any = request.user
    generation = selectors.generation_of(user, plan_id=plan_id)
    if generation is None:
        raise Http404
    etag = quote_etag(f"{plan_id}-{generation}")
    answer = JsonResponse({"generation": generation}, headers={"ETag": etag})
    patch_cache_control(answer, private=True, no_cache=True)
    return get_conditional_response(request, etag=etag, response=answer) or answer


@require_safe
@roles_required(*BUREAU_ROLES)
def explain(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Show how an indicator's number came about."""
    scope = scope_or_404(request, year)
    found = indicator_or_404(scope, code)
    page = explain_page_or_404(request, scope, found)
    context = {"page": page, "indicator": found, "scope": scope, "plan": scope.plan}
    return render(request, "dashboards/explain.html", context)
