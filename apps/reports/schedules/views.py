"""The administrator's pages of reports that come by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import permission_required
from apps.accounts.models import User
from apps.accounts.permissions import manages_settings
from apps.collection.chasing import email
from apps.core.jobs.enums import JobState
from apps.reports.schedules.enums import When
from apps.reports.schedules.forms import ScheduleForm, kind_choices
from apps.reports.schedules.models import ReportDelivery, ReportSchedule
from apps.reports.schedules.services import schedule_save, schedule_switch

NEWEST = 20


@dataclass(frozen=True)
class Row:
    """One schedule in words, its people, and what has become of it."""

    schedule: ReportSchedule
    report: str
    when: str
    people: Sequence[User]
    n_told: int
    n_failed: int


@require_safe
@permission_required(manages_settings)
def schedules(request: HttpRequest) -> HttpResponse:
    """List the schedules of the region and what was sent last."""
    user: Any = request.user
    names = dict(kind_choices(user))
    own = (
        ReportSchedule.objects.filter(region=user.region_id)
        .prefetch_related(Prefetch("recipients", User.objects.order_by("role", "pk")))
        .annotate(
            n_told=Count("deliveries", filter=Q(deliveries__told_at__isnull=False)),
            n_failed=Count(
                "deliveries", filter=~Q(deliveries__problem="") | Q(deliveries__job__state=JobState.FAILED)
            ),
        )
    )
    rows = [
        Row(
            schedule=one,
            report=names.get(one.kind, one.kind),
            when=when_text(one),
            people=list(one.recipients.all()),
            n_told=one.n_told,
            n_failed=one.n_failed,
        )
        for one in own
    ]
    sent = ReportDelivery.objects.filter(schedule__region=user.region_id)
    context = {
        "rows": rows,
        "deliveries": list(sent.select_related("user", "job", "schedule")[:NEWEST]),
        "names": names,
        "mails": email.is_configured(),
    }
    return render(request, "reports/schedules/list.html", context)


def when_text(schedule: ReportSchedule) -> str:
    """Return when a schedule sends, as a phrase."""
    if schedule.when == When.MONTHLY:
        return _("on day %(day)s of every month") % {"day": schedule.day}
    return _("whenever a quarter is released")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(manages_settings)
def schedule_new(request: HttpRequest) -> HttpResponse:
    """Set a new schedule."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(manages_settings)
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a schedule; switch it off or on."""
    user: Any = request.user
    found = get_object_or_404(ReportSchedule, pk=pk, region=user.region_id)
    if request.method == "POST" and "switch" in request.POST:
        schedule_switch(schedule=found, is_on=request.POST["switch"] == "1", by=user)
        return redirect("reports:schedules")
    return _edit(request, found)


def _edit(request: HttpRequest, found: ReportSchedule | None) -> HttpResponse:
    user: Any = request.user
    form = ScheduleForm(request.POST or None, user=user, schedule=found)
    if request.method == "POST" and form.is_valid():
        try:
            schedule_save(by=user, schedule=found, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("It is saved. Only what happens from now on is sent."))
            return redirect("reports:schedules")
    status = 422 if request.method == "POST" else 200
    return render(request, "reports/schedules/edit.html", {"form": form, "schedule": found}, status=status)
