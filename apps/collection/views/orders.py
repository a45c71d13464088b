"""Supervision orders: drafted from a suggestion, issued, printed, closed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
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
from apps.collection.chasing.permissions import answers_order, closes_order, issues_orders
from apps.collection.enums import DataState
from apps.collection.errors import WorkflowError
from apps.collection.models import SupervisionOrder
from apps.collection.views.issuing import attempt_of, draft_of
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
    attempt = attempt_of(
        request,
        lambda demand, answer_due_on: order_issue(
            period=period, organisation=organisation, demand=demand, answer_due_on=answer_due_on, by=user
        ),
    )
    if attempt.response is not None:
        return attempt.response
    today = clock.today()
    found = missing_of(period, today=today, organisations=Organisation.objects.filter(pk=organisation.pk))
    context = {
        "organisation": organisation,
        "period": period,
        "is_late": bool(found) and found[0].state == DataState.LATE,
        "evidence": evidence_of(found[0], period) if found else [],
        "errors": attempt.errors,
    } | draft_of(
        request,
        region_id=period.plan.region_id,
        demand=_("Submit the return by the date below and say why it was late."),
        days=ANSWER_DAYS,
    )
    return render(request, "collection/chasing/order_new.html", context, status=attempt.status)


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
    may_close = closes_order(user, found)
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
