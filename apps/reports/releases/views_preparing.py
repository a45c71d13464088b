"""A quarter before it is released: checklist, the bureau's own texts, the button, its progress."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import get_visible_or_404, roles_required
from apps.accounts.enums import BUREAU_ROLES
from apps.collection.models import Period
from apps.core.jobs.enums import JobState
from apps.core.jobs.models import Job
from apps.core.jobs.services import job_request
from apps.plans.models import AnnualPlan, TaskArea
from apps.reports.jobs.rows import row_of
from apps.reports.releases.enums import TextKind
from apps.reports.releases.forms import ReleaseForm, TextsForm
from apps.reports.releases.guarded import period_or_404, plan_or_404
from apps.reports.releases.kinds import KIND
from apps.reports.releases.pages import PreparingPage, TextRow, preparing_page, text_rows
from apps.reports.releases.permissions import releases, writes_texts
from apps.reports.releases.services import text_save


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@roles_required(*BUREAU_ROLES)
def preparing(request: HttpRequest, year: int, quarter: int) -> HttpResponse:
    """Show what stands between a quarter and its release; start the release."""
    user: Any = request.user
    plan = plan_or_404(request, year)
    period = period_or_404(plan, quarter)
    if request.method == "POST" and not releases(user, plan):
        raise PermissionDenied
    page = preparing_page(plan, period, user)
    form = ReleaseForm(request.POST or None, version=page.version)
    acknowledged = request.POST.getlist("acknowledged")
    if request.method == "POST" and form.is_valid() and _is_ready(form, page, acknowledged):
        job = _requested(form, page, acknowledged, user)
        return redirect("reports:release_progress", year, quarter, job.pk)
    context = {
        "page": page,
        "plan": plan,
        "period": period,
        "form": form,
        "acknowledged": acknowledged,
        "job": _under_way(user, plan, period),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "reports/releases/preparing.html", context, status=status)


def _is_ready(form: ReleaseForm, page: PreparingPage, acknowledged: list[str]) -> bool:
    """The freezing looks again; what is plain already is said at once."""
    if page.errors:
        form.add_error(None, _("Something is still to be settled; the checklist says what."))
    if any(item.finding.token not in acknowledged for item in page.warnings):
        form.add_error(None, _("Read each point of the checklist and tick it."))
    return form.is_valid()


def _requested(form: ReleaseForm, page: PreparingPage, acknowledged: list[str], user: Any) -> Job:
    parameters = {
        "year": page.plan.year,
        "quarter": page.period.quarter,
        "version": page.version,
        "reason": form.cleaned_data.get("reason", ""),
        "notes": form.cleaned_data["notes"].strip(),
        "acknowledged": sorted(acknowledged),
    }
    return job_request(kind=KIND, parameters=parameters, by=user)


def _under_way(user: Any, plan: AnnualPlan, period: Period) -> Job | None:
    """The user's own release of this quarter that is being made."""
    own = Job.objects.visible_to(user).unfinished().filter(kind=KIND)
    return own.filter(parameters__year=plan.year, parameters__quarter=period.quarter).first()


@require_safe
@never_cache
@roles_required(*BUREAU_ROLES)
def progress(request: HttpRequest, year: int, quarter: int, pk: int) -> HttpResponse:
    """Show how far the release is; lead to it as soon as it is there."""
    jobs = Job.objects.select_related("file", "owner").filter(kind=KIND)
    job: Job = get_visible_or_404(jobs, request.user, pk=pk)
    asked = job.parameters
    if (asked["year"], asked["quarter"]) != (year, quarter):
        raise Http404
    htmx: Any = getattr(request, "htmx", False)
    if job.state == JobState.DONE:
        address = reverse("reports:release", args=[year, quarter, asked["version"]])
        return HttpResponse(headers={"HX-Redirect": address}) if htmx else redirect(address)
    template = "reports/releases/_progress.html" if htmx else "reports/releases/progress.html"
    context = {"row": row_of(job), "job": job, "year": year, "quarter": quarter}
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@roles_required(*BUREAU_ROLES)
def texts(request: HttpRequest, year: int, quarter: int, number: int) -> HttpResponse:
    """Write the bureau's own words for one area, or with number 0 for the whole."""
    user: Any = request.user
    plan = plan_or_404(request, year)
    period = period_or_404(plan, quarter)
    area = _area_or_404(plan, number)
    if not writes_texts(user, area or plan):
        raise PermissionDenied
    row = next(row for row in text_rows(plan, quarter, user) if row.number == number)
    form = TextsForm(request.POST or None, initial=_initial(row))
    if request.method == "POST" and form.is_valid() and _saved(form, plan, quarter, area, user):
        messages.success(request, _("The texts are saved."))
        return redirect(reverse("reports:release_preparing", args=[year, quarter]) + f"#text-{number}")
    context = {"plan": plan, "period": period, "area": area, "row": row, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "reports/releases/texts.html", context, status=status)


def _area_or_404(plan: AnnualPlan, number: int) -> TaskArea | None:
    if number == 0:
        return None
    area: TaskArea = get_object_or_404(
        TaskArea.objects.select_related("lead_office", "plan"), plan=plan, number=number
    )
    return area


def _initial(row: TextRow) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind in TextKind:
        text = row.texts.get(kind)
        found |= {kind.value: text.body if text else "", f"{kind}_version": text.version if text else 0}
    return found


def _saved(form: TextsForm, plan: AnnualPlan, quarter: int, area: TaskArea | None, user: Any) -> bool:
    """Save both texts or neither; one that is as it was is not written again."""
    try:
        with transaction.atomic():
            for kind in TextKind:
                body = form.cleaned_data[kind.value]
                if body.strip() != form.initial[kind.value].strip() or _is_stale(form, kind):
                    text_save(
                        plan=plan,
                        quarter=quarter,
                        kind=kind,
                        area=area,
                        body=body,
                        by=user,
                        version=form.cleaned_data[f"{kind}_version"],
                    )
    except ValidationError as error:
        form.add_error(None, error.messages)  # type: ignore[arg-type]
        return False
    return True


def _is_stale(form: TextsForm, kind: TextKind) -> bool:
    """Somebody else has saved it since this page was opened: `text_save` says so."""
    return bool(form.cleaned_data[f"{kind}_version"] != form.initial[f"{kind}_version"])
