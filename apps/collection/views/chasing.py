"""The pages of whoever chases: the desk, its log, its settings, supervision orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import permission_required
from apps.accounts.models import User
from apps.collection.chasing import desk as desks
from apps.collection.chasing.dispatching import dispatch_drop, dispatch_retry
from apps.collection.chasing.extending import extension_grant, period_extend
from apps.collection.chasing.permissions import chases, extends_for, issues_orders_for, sets_chasing
from apps.collection.chasing.reminding import reminders_send
from apps.collection.chasing.sending import send_after_commit
from apps.collection.errors import WorkflowError
from apps.collection.models import Dispatch, Period
from apps.core import clock
from apps.organisations.models import Organisation
from apps.plans.models import Measure

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(chases)
def chasing(request: HttpRequest) -> HttpResponse:
    """Show who is missing; remind, extend, send again."""
    user: Any = request.user
    period = _period(request)
    if period is None:
        return render(request, "collection/chasing/empty.html")
    if request.method == "POST":
        return _act(request, period)
    page = desks.desk_of(user, period, desks.Choice.read(request.GET), today=clock.today())
    context = {
        "desk": page,
        "n_measures": Measure.objects.filter(area__plan=period.plan).overdue_on(clock.today()).count(),
        "period": period,
        "plan": period.plan,
        "states": desks.TO_CHASE,
        "may_extend": extends_for(user, period),
        "may_order": issues_orders_for(user, period),
        "may_set": sets_chasing(user),
        "today": clock.today(),
    }
    return render(request, "collection/chasing/desk.html", context)


def _period(request: HttpRequest) -> Period | None:
    user: Any = request.user
    plan = desks.plan_of(user, clock.today())
    if plan is None:
        return None
    quarter = request.POST.get("quarter") or request.GET.get("quarter", "")
    return desks.period_of(plan, quarter, clock.today())


def _act(request: HttpRequest, period: Period) -> HttpResponse:
    user: Any = request.user
    action = _ACTIONS.get(request.POST.get("action", ""))
    if action is None:
        raise Http404
    try:
        action(request, period, user)
    except (ValidationError, WorkflowError) as error:
        for text in error.messages if isinstance(error, ValidationError) else [str(error)]:
            messages.error(request, text)
    return redirect(f"{reverse('collection:chasing')}?quarter={period.quarter}")


def _chosen(request: HttpRequest) -> set[int]:
    return {int(text) for text in request.POST.getlist("organisation") if text.isdecimal()}


def _ask(request: HttpRequest, period: Period, user: User) -> None:
    """The Enter key in a field: nothing happens without a button's own word."""
    raise WorkflowError(_("Choose what to do: remind or extend."))


def _remind(request: HttpRequest, period: Period, user: User) -> None:
    chosen = None if request.POST["action"] == "remind_all" else _chosen(request)
    given, unreachable = reminders_send(
        period=period,
        organisations=Organisation.objects.visible_to(user),
        chosen=chosen,
        by=user,
        text=request.POST.get("text", ""),
    )
    people = len({notice.user_id for notice in given})
    told = ngettext("%(count)s person was reminded.", "%(count)s people were reminded.", people)
    if people:
        messages.success(request, told % {"count": people})
    else:
        messages.info(request, _("Everybody chosen was already reminded today; nobody is told twice a day."))
    if unreachable:
        names = _(", ").join(one.organisation.name for one in unreachable[:5])
        text = _("Without an account, please telephone: %(names)s (%(count)s in all).")
        messages.warning(request, text % {"names": names, "count": len(unreachable)})


def _extend(request: HttpRequest, period: Period, user: User) -> None:
    due_on = parse_date(request.POST.get("due_on", "")) if request.POST.get("due_on") else None
    reason = request.POST.get("reason", "")
    if due_on is None:
        raise ValidationError(_("Give the new due date."))
    if request.POST["action"] == "extend_all":
        period_extend(period=period, due_on=due_on, reason=reason, by=user)
        messages.success(request, _("The due date of the whole quarter was moved; everybody was told."))
        return
    seen = Organisation.objects.visible_to(user).filter(pk__in=_chosen(request))
    granted = extension_grant(period=period, organisations=list(seen), due_on=due_on, reason=reason, by=user)
    text = ngettext("%(count)s extension was granted.", "%(count)s extensions were granted.", len(granted))
    messages.success(request, text % {"count": len(granted)})


def _retry(request: HttpRequest, period: Period, user: User) -> None:
    dispatch_retry(dispatch=_dispatch(request, period), by=user)
    send_after_commit()
    messages.success(request, _("It is being sent again."))


def _drop(request: HttpRequest, period: Period, user: User) -> None:
    dispatch_drop(dispatch=_dispatch(request, period), by=user)
    messages.success(request, _("It rests; nothing more is sent."))


def _dispatch(request: HttpRequest, period: Period) -> Dispatch:
    pk = request.POST.get("dispatch", "")
    return get_object_or_404(Dispatch, period=period, pk=int(pk) if pk.isdecimal() else 0)


_ACTIONS: dict[str, Callable[[HttpRequest, Period, User], None]] = {
    "ask": _ask,
    "remind": _remind,
    "remind_all": _remind,
    "extend": _extend,
    "extend_all": _extend,
    "retry": _retry,
    "drop": _drop,
}


@require_safe
@permission_required(chases)
def chasing_log(request: HttpRequest) -> HttpResponse:
    """Show everything that was sent about a quarter: to whom, when, by whom, whether it was read."""
    user: Any = request.user
    period = _period(request)
    if period is None:
        return render(request, "collection/chasing/empty.html")
    page = Paginator(desks.log_of(user, period), PAGE).get_page(request.GET.get("page"))
    robots = Dispatch.objects.filter(period=period, robot__isnull=False).select_related("robot")
    context = {
        "page": page,
        "period": period,
        "plan": period.plan,
        "periods": list(period.plan.periods.order_by("quarter")),
        "robots": list(robots[:PAGE]),
        "extensions": list(period.extensions.select_related("organisation", "granted_by")),
    }
    return render(request, "collection/chasing/log.html", context)
