"""The national evaluations beside the plan: the list, the schools, one item."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import roles_required
from apps.accounts.enums import BUREAU_ROLES
from apps.core import clock
from apps.core.addresses import redirect_on
from apps.dashboards import selectors
from apps.dashboards.evaluations.forms import CheckForm, DecisionForm, FindingForm
from apps.dashboards.evaluations.item import ItemPage, item_page
from apps.dashboards.evaluations.page import EvaluationPage, evaluation_page
from apps.dashboards.guarded import quarter_in
from apps.dashboards.home import plan_in_force
from apps.dashboards.selectors import Scope
from apps.organisations.models import SchoolStage
from apps.rollups.evaluations import services
from apps.rollups.evaluations.facts import default_quarter
from apps.rollups.evaluations.loading import evaluations as all_evaluations
from apps.rollups.evaluations.rules import Evaluation


def scope_or_404(request: HttpRequest, year: int) -> Scope:
    """Return the scope of a request: the quarter of `?quarter=`, else the latest that is being reported."""
    user: Any = request.user
    plan = selectors.plan_of(user, year=year)
    if plan is None:
        raise Http404
    scope = selectors.scope_of(user, plan=plan, quarter=quarter_in(request))
    if quarter_in(request) is not None:
        return scope
    latest = default_quarter(scope.periods, clock.today())
    return selectors.scope_of(user, plan=plan, quarter=latest)


def evaluation_or_404(key: str) -> Evaluation:
    """Return the evaluation of that key."""
    found = all_evaluations().get(key)
    if found is None:
        raise Http404
    return found


def page_or_404(request: HttpRequest, year: int, key: str) -> tuple[Scope, EvaluationPage | None]:
    """Return the scope of a request and the page it asks for, None while the plan has no quarters."""
    scope = scope_or_404(request, year)
    return scope, evaluation_page(scope, evaluation_or_404(key), request.GET)


@require_safe
@login_required
def current(request: HttpRequest) -> HttpResponse:
    """Go to the evaluation of the plan in force that concerns the reader."""
    user: Any = request.user
    plan = plan_in_force(user)
    if plan is None:
        return render(request, "dashboards/no_plan.html")
    stages = SchoolStage.objects.filter(organisation=user.organisation_id, valid_to__isnull=True)
    taught = set(stages.values_list("stage", flat=True)) if user.is_school_member else set()
    fitting = [key for key, one in all_evaluations().items() if taught & set(one.stages)]
    return redirect_on(request, "dashboards:evaluation", plan.year, next(iter(fitting or all_evaluations())))


@require_safe
@login_required
def evaluation(request: HttpRequest, year: int, key: str) -> HttpResponse:
    """Show one evaluation: its items, and its schools as the filter narrows them."""
    scope, page = page_or_404(request, year, key)
    context = {
        "page": page,
        "scope": scope,
        "plan": scope.plan,
        "evaluation": evaluation_or_404(key),
        "tabs": list(all_evaluations().values()),
    }
    return render(request, "dashboards/evaluation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@roles_required(*BUREAU_ROLES)
def item(request: HttpRequest, year: int, key: str, code: str) -> HttpResponse:
    """Show one item; record what was found, agree with it, or confirm its rule."""
    scope = scope_or_404(request, year)
    page = item_page(scope, evaluation_or_404(key), code)
    if page is None:
        raise Http404
    forms = _forms(page)
    if request.method == "POST":
        action = ACTIONS.get(request.POST.get("action", ""))
        if action is None:
            raise Http404
        if action(request, page, forms):
            messages.success(request, _("Saved."))
            return redirect("dashboards:evaluation_item", year, key, code)
    context = {"page": page, "scope": scope, "plan": scope.plan, "forms": forms}
    return render(request, "dashboards/evaluation_item.html", context)


def _forms(page: ItemPage) -> dict[str, Any]:
    check = page.answer.check
    return {
        "record": FindingForm(check=check, finding=page.finding),
        "check": CheckForm(),
        "decide": DecisionForm(),
    }


def _record(request: HttpRequest, page: ItemPage, forms: dict[str, Any]) -> bool:
    user: Any = request.user
    check = page.answer.check
    form = forms["record"] = FindingForm(request.POST, check=check, finding=page.finding)
    return form.is_valid() and _written(
        form,
        lambda: services.finding_record(
            plan=page.scope.plan, evaluation=page.evaluation, check=check, by=user, **form.cleaned_data
        ),
    )


def _check(request: HttpRequest, page: ItemPage, forms: dict[str, Any]) -> bool:
    user: Any = request.user
    finding = page.finding
    if finding is None:
        raise Http404
    form = forms["check"] = CheckForm(request.POST)
    return form.is_valid() and _written(
        form,
        lambda: services.finding_check(
            finding=finding,
            check=page.answer.check,
            accept=request.POST.get("accept") == "1",
            note=form.cleaned_data["note"],
            by=user,
        ),
    )


def _decide(request: HttpRequest, page: ItemPage, forms: dict[str, Any]) -> bool:
    user: Any = request.user
    form = forms["decide"] = DecisionForm(request.POST)
    return form.is_valid() and _written(
        form,
        lambda: services.rule_decide(
            plan=page.scope.plan,
            evaluation=page.evaluation,
            check=page.answer.check,
            confirm=request.POST.get("confirm") == "1",
            reason=form.cleaned_data["reason"],
            by=user,
        ),
    )


ACTIONS: dict[str, Callable[[HttpRequest, ItemPage, dict[str, Any]], bool]] = {
    "record": _record,
    "check": _check,
    "decide": _decide,
}


def _written(form: Form, write: Callable[[], object]) -> bool:
    try:
        write()
    except ValidationError as error:
        for name, errors in getattr(error, "error_dict", {None: error}).items():
            form.add_error(name if name in form.fields else None, errors)
        return False
    return True
