"""Chasing measures: which are due or overdue, reminding their offices, supervision orders about them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from apps.accounts.access import get_visible_or_404, permission_required
from apps.accounts.models import User
from apps.collection.chasing import desk as desks
from apps.collection.chasing.due_measures import measures_due
from apps.collection.chasing.measure_orders import (
    measure_evidence,
    measure_order_issue,
    measure_suggestions,
    overdue_measure,
    period_of_measure,
)
from apps.collection.chasing.measure_reminding import days_ahead, measures_remind
from apps.collection.chasing.permissions import chases, issues_orders, issues_orders_for, sets_chasing
from apps.collection.chasing.policies import policy_of
from apps.collection.models import Period, SupervisionOrder
from apps.collection.views.issuing import attempt_of, draft_of
from apps.collection.views.orders import ANSWER_DAYS
from apps.core import clock
from apps.plans.models import AnnualPlan, Measure


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(chases)
def chasing_measures(request: HttpRequest) -> HttpResponse:
    """Show which measures are due soon or overdue; remind their offices."""
    user: Any = request.user
    today = clock.today()
    plan = desks.plan_of(user, today)
    period = desks.period_of(plan, "", today) if plan else None
    if plan is None or period is None:
        return render(request, "collection/chasing/empty.html")
    if request.method == "POST":
        _remind(request, plan, period, user)
        return redirect("collection:chasing_measures")
    policy = policy_of(plan)
    due = measures_due(plan, today=today, days_ahead=days_ahead(policy))
    orders = SupervisionOrder.objects.filter(plan=plan, measure__isnull=False)
    context = {
        "plan": plan,
        "period": period,
        "policy": policy,
        "due": due,
        "n_overdue": sum(one.is_overdue for one in due),
        "suggestions": measure_suggestions(plan, due, policy),
        "orders": orders.select_related("organisation", "measure", "issued_by").order_by("closed_on", "-pk"),
        "may_order": issues_orders_for(user, period),
        "may_set": sets_chasing(user),
    }
    return render(request, "collection/chasing/measures.html", context)


def _remind(request: HttpRequest, plan: AnnualPlan, period: Period, user: User) -> None:
    action = request.POST.get("action", "")
    if action not in ("remind", "remind_all", "ask"):
        raise Http404
    try:
        if action == "ask":
            raise ValidationError(_("Choose what to do: remind those chosen, or all that are overdue."))
        given, unreachable = measures_remind(
            plan=plan,
            period=period,
            chosen=None if action == "remind_all" else set(request.POST.getlist("organisation")),
            by=user,
            text=request.POST.get("text", ""),
        )
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
        return
    people = len({notice.user_id for notice in given})
    told = ngettext("%(count)s person was reminded.", "%(count)s people were reminded.", people)
    if people:
        messages.success(request, told % {"count": people})
    else:
        messages.info(request, _("Everybody chosen was already reminded today; nobody is told twice a day."))
    if unreachable:
        names = _(", ").join(sorted({one.measure.lead_office.name for one in unreachable})[:5])
        text = _("Without an account, please telephone: %(names)s (%(count)s in all).")
        messages.warning(request, text % {"names": names, "count": len(unreachable)})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(issues_orders)
def measure_order_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft and issue a supervision order about a measure that is overdue."""
    user: Any = request.user
    rows = Measure.objects.select_related("area__plan__region", "lead_office")
    measure: Measure = get_visible_or_404(rows, user, pk=pk)
    attempt = attempt_of(
        request,
        lambda demand, answer_due_on: measure_order_issue(
            measure=measure, demand=demand, answer_due_on=answer_due_on, by=user
        ),
    )
    if attempt.response is not None:
        return attempt.response
    context = _draft(request, measure, attempt.errors)
    return render(request, "collection/chasing/order_new.html", context, status=attempt.status)


def _draft(request: HttpRequest, measure: Measure, errors: list[str]) -> dict[str, object]:
    one = overdue_measure(measure)
    told: dict[str, object] = {
        "organisation": measure.lead_office,
        "measure": measure,
        "period": period_of_measure(measure),
        "is_late": one is not None,
        "evidence": measure_evidence(one) if one else [],
        "errors": errors,
    }
    return told | draft_of(
        request,
        region_id=measure.area.plan.region_id,
        demand=_("Complete the measure, report it by the date below and say why it is overdue."),
        days=ANSWER_DAYS,
    )
