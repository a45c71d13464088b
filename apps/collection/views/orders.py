"""Supervision orders: drafted from a suggestion, issued, printed, closed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import get_visible_or_404, permission_required
from apps.accounts.enums import Role
from apps.accounts.permissions import has_role
from apps.collection.chasing import desk as desks
from apps.collection.chasing.enums import OrderSubject
from apps.collection.chasing.missing import missing_of
from apps.collection.chasing.orders import evidence_of, order_close, order_issue
from apps.collection.chasing.orders_behind import order_answer
from apps.collection.chasing.permissions import answers_order, issues_orders, issues_orders_for
from apps.collection.chasing.policies import exceptions_of
from apps.collection.chasing.workdays import workday_from
from apps.collection.enums import DataState
from apps.collection.errors import WorkflowError
from apps.collection.models import SupervisionOrder
from apps.core import clock
from apps.organisations.models import Organisation

everyone = has_role(*Role)
PAGE = 30
ANSWER_DAYS = dt.timedelta(days=3)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(issues_orders)
def order_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft and issue a supervision order to a school or office that is late."""
    user: Any = request.user
    organisation: Organisation = get_visible_or_404(Organisation.objects.all(), user, pk=pk)
    plan = desks.plan_of(user, clock.today())
    quarter = request.POST.get("quarter") or request.GET.get("quarter", "")
    period = desks.period_of(plan, quarter, clock.today()) if plan else None
    if period is None:
        raise Http404
    errors: list[str] = []
    if request.method == "POST":
        try:
            order = order_issue(
                period=period,
                organisation=organisation,
                demand=request.POST.get("demand", ""),
                answer_due_on=date_in(request.POST.get("answer_due_on", "")),
                by=user,
            )
        except (ValidationError, WorkflowError) as error:
            errors = error.messages if isinstance(error, ValidationError) else [str(error)]
        else:
            messages.success(request, _("The supervision order is issued; those responsible were told."))
            return redirect("collection:order", order.pk)
    today = clock.today()
    found = missing_of(period, today=today, organisations=Organisation.objects.filter(pk=organisation.pk))
    answer = workday_from(today + ANSWER_DAYS, exceptions_of(period.plan.region_id))
    context = {
        "organisation": organisation,
        "period": period,
        "is_late": bool(found) and found[0].state == DataState.LATE,
        "evidence": evidence_of(found[0], period) if found else [],
        "errors": errors,
        "demand": request.POST.get("demand")
        or _("Submit the return by the date below and say why it was late."),
        "answer_due_on": request.POST.get("answer_due_on") or answer.isoformat(),
    }
    return render(request, "collection/chasing/order_new.html", context, status=409 if errors else 200)


def date_in(text: str) -> dt.date:
    """Return the date that a form sent; ValidationError for anything else."""
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise ValidationError(_("Give the date by which it is to be settled."))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(everyone)
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a supervision order, fit to be printed; answer it, close it."""
    user: Any = request.user
    rows = SupervisionOrder.objects.select_related(
        "plan__region",
        "period__plan",
        "organisation",
        "issued_by",
        "replied_by",
        "closed_by",
        "indicator",
        "measure__area__plan",
    )
    found: SupervisionOrder = get_visible_or_404(rows, user, pk=pk)
    may_close = issues_orders_for(user, found.period)
    if request.method == "POST":
        _act(request, found, may_close)
        return redirect("collection:order", found.pk)
    is_open = found.closed_on is None
    answered = bool(found.reply) or found.subject == OrderSubject.RETURN
    context = {
        "order": found,
        "evidence": found.evidence.splitlines(),
        "may_close": may_close and is_open and answered and found.replied_by_id != user.pk,
        "may_answer": is_open and answers_order(user, found),
    }
    return render(request, "collection/chasing/order.html", context)


def _act(request: HttpRequest, found: SupervisionOrder, may_close: bool) -> None:
    """Answer an order (`reply`) or close it (`note`), and say what came of it."""
    user: Any = request.user
    is_answer = "reply" in request.POST
    if not (answers_order(user, found) if is_answer else may_close):
        raise PermissionDenied
    try:
        if is_answer:
            order_answer(order=found, reply=request.POST["reply"], by=user)
            messages.success(request, _("The answer is saved; whoever issued the order was told."))
        else:
            order_close(order=found, note=request.POST.get("note", ""), by=user)
            messages.success(request, _("The order is closed."))
    except (ValidationError, WorkflowError) as error:
        for text in error.messages if isinstance(error, ValidationError) else [str(error)]:
            messages.error(request, text)


@require_safe
@permission_required(everyone)
def orders(request: HttpRequest) -> HttpResponse:
    """List the supervision orders that the reader may see, open ones first."""
    user: Any = request.user
    rows = SupervisionOrder.objects.visible_to(user).select_related(
        "plan", "organisation", "issued_by", "replied_by", "indicator", "measure"
    )
    page = Paginator(rows.order_by("-closed_on", "-pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "collection/chasing/orders.html", {"page": page})
