"""The administrator's page of reminders: steps, quiet hours, holidays, robots."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import permission_required
from apps.accounts.models import User
from apps.collection.chasing import desk as desks
from apps.collection.chasing import email
from apps.collection.chasing.forms import CalendarForm, PolicyForm, RobotForm, calendar_text
from apps.collection.chasing.permissions import sets_chasing
from apps.collection.chasing.policies import calendar_set, policy_of, policy_set, robot_add, robot_switch
from apps.collection.models import CalendarDay, Robot
from apps.core import clock
from apps.plans.models import AnnualPlan


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(sets_chasing)
def chasing_settings(request: HttpRequest) -> HttpResponse:
    """Show and change when and how people are reminded."""
    user: Any = request.user
    plan = desks.plan_of(user, clock.today())
    if plan is None:
        return render(request, "collection/chasing/empty.html")
    forms = _forms(request, plan, user)
    if request.method == "POST":
        action = request.POST.get("action", "")
        if action == "robot_switch":
            robot = get_object_or_404(Robot, region=user.region_id, pk=_whole(request.POST.get("robot", "")))
            robot_switch(robot=robot, is_active=request.POST.get("active") == "1", by=user)
            return redirect("collection:chasing_settings")
        if action not in forms:
            raise Http404
        if _save(action, forms[action], plan, user):
            messages.success(request, _("The settings are saved."))
            return redirect("collection:chasing_settings")
    context = {
        "forms": forms,
        "plan": plan,
        "robots": list(Robot.objects.filter(region=user.region_id)),
        "mails": email.is_configured(),
    }
    status = 400 if request.method == "POST" else 200
    return render(request, "collection/chasing/settings.html", context, status=status)


def _forms(request: HttpRequest, plan: AnnualPlan, user: User) -> dict[str, Any]:
    action = request.POST.get("action", "")
    days = list(CalendarDay.objects.filter(region=user.region_id))
    return {
        "policy": PolicyForm(request.POST if action == "policy" else None, instance=policy_of(plan)),
        "calendar": CalendarForm(
            request.POST if action == "calendar" else None, initial={"days": calendar_text(days)}
        ),
        "robot": RobotForm(request.POST if action == "robot" else None),
    }


def _save(action: str, form: Form, plan: AnnualPlan, user: User) -> bool:
    if not form.is_valid():
        return False
    try:
        if action == "policy":
            policy_set(plan=plan, by=user, **form.cleaned_data)
        elif action == "calendar":
            calendar_set(region=user.region, days=form.cleaned_data["days"], by=user)
        else:
            robot_add(region=user.region, by=user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() else 0
