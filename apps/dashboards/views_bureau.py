"""Pages of the bureau's administration that are no dashboard: targets, settings."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import get_visible_or_404, permission_required
from apps.accounts.models import User
from apps.accounts.permissions import confirms_targets, manages_settings
from apps.collection.services import assignments_generate
from apps.dashboards.home import plan_in_force
from apps.dashboards.plan_settings import SettingsForm, settings_now, tier_costs
from apps.dashboards.targets import ConfirmForm, TargetForm, TargetRow, row_of, target_rows
from apps.dashboards.targets_schedule import ScheduleForm, schedule_row
from apps.plans.enums import ScheduleKind, Tier
from apps.plans.models import AnnualPlan, Indicator
from apps.plans.schedules.services import schedule_set
from apps.plans.services import (
    principal_sign_off_set,
    target_confirm,
    target_set,
    thresholds_set,
    tiers_enable,
)
from apps.plans.setting_up import league_roles_set


@require_safe
@permission_required(confirms_targets)
def targets(request: HttpRequest) -> HttpResponse:
    """List the targets of the plan in force, those that wait for a decision first."""
    user: Any = request.user
    plan = plan_or_404(user)
    return render(request, "home/targets.html", {"plan": plan, "rows": target_rows(user, plan)})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(confirms_targets)
def target(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one indicator's target with its revisions; confirm the proposal or set another."""
    user: Any = request.user
    visible = Indicator.objects.filter(plan=plan_or_404(user), target__isnull=False)
    indicator = get_visible_or_404(
        visible.select_related("target", "area", "lead_office"), user, target__pk=pk
    )
    row = row_of(indicator)
    sent = request.POST if request.method == "POST" else None
    confirm = ConfirmForm(sent if "confirm" in request.POST else None)
    change = TargetForm(sent if "set" in request.POST else None, row=row)
    if _confirmed(confirm, row, user) or _set(change, row, user):
        messages.success(request, _done_text(indicator))
        return redirect("dashboards:targets")
    schedule = schedule_row(indicator)
    plan = schedule and ScheduleForm(sent if "schedule" in request.POST else None, row=schedule)
    if plan and _scheduled(plan, row, user):
        messages.success(request, _("The schedule of “%(name)s” is set.") % {"name": indicator.name})
        return redirect("dashboards:target", pk=pk)
    context = {"row": row, "confirm": confirm, "change": change, "schedule": schedule, "schedule_form": plan}
    return render(request, "home/target.html", context)


def _done_text(indicator: Indicator) -> str:
    waits = row_of(Indicator.objects.select_related("target").get(pk=indicator.pk)).proposal is not None
    if waits:
        return _("The change of “%(name)s” is proposed; it counts once somebody else has confirmed it.") % {
            "name": indicator.name
        }
    return _("The target of “%(name)s” is in force.") % {"name": indicator.name}


def _confirmed(form: ConfirmForm, row: TargetRow, user: User) -> bool:
    if row.proposal is None or not form.is_valid():
        return False
    try:
        target_confirm(revision=row.proposal, by=user, **form.cleaned_data)
    except ValidationError as error:
        show_refusal(form, error)
        return False
    return True


def _set(form: TargetForm, row: TargetRow, user: User) -> bool:
    if not form.is_valid():
        return False
    try:
        target_set(target=row.indicator.target, by=user, **form.cleaned_data)
    except ValidationError as error:
        show_refusal(form, error)
        return False
    return True


def _scheduled(form: ScheduleForm, row: TargetRow, user: User) -> bool:
    if not form.is_valid():
        return False
    data = form.cleaned_data
    try:
        schedule_set(
            target=row.indicator.target,
            by=user,
            kind=data["kind"],
            checkpoints=form.checkpoints if data["kind"] == ScheduleKind.CHECKPOINTS else (),
            reason=data["reason"],
            effective_from=data["effective_from"],
        )
    except ValidationError as error:
        show_refusal(form, error)
        return False
    return True


def show_refusal(form: Form, error: ValidationError) -> None:
    """Put a service's complaint beside the field it names, or at the head of the form."""
    if hasattr(error, "error_dict"):
        for name, errors in error.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    else:
        form.add_error(None, error)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(manages_settings)
def settings(request: HttpRequest) -> HttpResponse:
    """Switch tiers and the principal's sign-off of the plan in force."""
    user: Any = request.user
    plan = plan_or_404(user)
    policy = plan.policy
    form = SettingsForm(request.POST or None, initial=settings_now(policy))
    if form.is_valid() and _applied(plan, form, user):
        messages.success(request, _("The settings are saved; the forms ask accordingly from now on."))
        return redirect("dashboards:settings")
    return render(
        request, "home/settings.html", {"plan": plan, "form": form, "costs": tier_costs(plan, policy)}
    )


def _applied(plan: AnnualPlan, form: SettingsForm, user: User) -> bool:
    data = form.cleaned_data
    try:
        with transaction.atomic():
            tiers_enable(plan=plan, tiers=[Tier.CORE, *data["tiers"]], by=user)
            principal_sign_off_set(plan=plan, required=data["principal_sign_off"], by=user)
            league_roles_set(plan=plan, roles=data["league_roles"], by=user)
            thresholds_set(plan=plan, by=user, **form.thresholds)
            assignments_generate(plan=plan, by=user)
    except ValidationError as error:
        show_refusal(form, error)
        return False
    return True


def plan_or_404(user: User) -> AnnualPlan:
    """Return the plan in force of the user's own region; 404 without one."""
    plan = plan_in_force(user)
    if plan is None or plan.region_id != user.region_id:
        raise Http404
    return plan
