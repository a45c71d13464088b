"""The indicator dictionary, for the bureau and for schools."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.dashboards.dictionary import DictionaryForm, Entry, entries_of, indicators_for
from apps.dashboards.home import plan_in_force
from apps.plans.models import AnnualPlan


def looked_up(request: HttpRequest) -> tuple[AnnualPlan, DictionaryForm, list[Entry]]:
    """Return plan, form and entries of a request; 404 where there is no plan."""
    user: Any = request.user
    plan = plan_in_force(user)
    if plan is None:
        raise Http404
    indicators = indicators_for(user, plan)
    form = DictionaryForm(request.GET, indicators=indicators)
    return plan, form, entries_of(indicators, form)


@require_safe
@login_required
def dictionary(request: HttpRequest) -> HttpResponse:
    """List what each indicator means."""
    plan, form, entries = looked_up(request)
    context = {"plan": plan, "form": form, "entries": entries}
    return render(request, "dashboards/dictionary.html", context)
