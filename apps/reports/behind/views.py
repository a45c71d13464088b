"""What a release shows to be behind: the list by office, the circular, the orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import get_visible_or_404, roles_required
from apps.accounts.enums import BUREAU_ROLES
from apps.accounts.models import User
from apps.collection.chasing.permissions import issues_orders_for
from apps.collection.errors import WorkflowError
from apps.collection.models import SupervisionOrder
from apps.collection.views.issuing import attempt_of, draft_of
from apps.core.jobs.services import job_request
from apps.organisations.models import Organisation
from apps.reports.behind.findings import Finding, finding_named, findings_of
from apps.reports.behind.kinds import parameters_of
from apps.reports.behind.models import Circular
from apps.reports.behind.services import circular_issue, order_issue_from, period_of
from apps.reports.behind.titles import circular_title
from apps.reports.jobs.releases import parameters_of as release_parameters
from apps.reports.jobs.releases import release_name
from apps.reports.pdf import missing_sentence, pdf_offered
from apps.reports.releases.edition import edition_of
from apps.reports.releases.models import Release

ANSWER_DAYS = dt.timedelta(days=10)


@dataclass(frozen=True)
class Row:
    """A finding and the order about it that is open, if any."""

    finding: Finding
    order: SupervisionOrder | None


@dataclass(frozen=True)
class OfficeRows:
    """What is behind of one office."""

    office: Organisation
    rows: Sequence[Row]


@require_safe
@roles_required(*BUREAU_ROLES)
def newest(request: HttpRequest) -> HttpResponse:
    """Lead to what is behind in the newest release."""
    user: Any = request.user
    rows: Any = Release.objects.visible_to(user)
    release = rows.light().order_by("-plan__year", "-quarter", "-version").first()
    if release is None:
        return render(request, "reports/behind/none.html")
    return redirect("reports:behind", release.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@roles_required(*BUREAU_ROLES)
def behind(request: HttpRequest, pk: int) -> HttpResponse:
    """List what a release shows to be behind, office by office; issue its circular."""
    user: Any = request.user
    release = _release_or_404(request, pk)
    may_issue = issues_orders_for(user, period_of(release))
    errors: list[str] = []
    if request.method == "POST":
        if not may_issue:
            raise PermissionDenied
        try:
            issued = circular_issue(release=release, demand=request.POST.get("demand", ""), by=user)
        except (ValidationError, WorkflowError) as error:
            errors = error.messages if isinstance(error, ValidationError) else [str(error)]
        else:
            messages.success(request, _("The circular is issued; the offices named in it were told."))
            return redirect("reports:circular", issued.pk)
    context = {
        "release": release,
        "name": release_name(release_parameters(release)),
        "releases": _releases(user),
        "offices": _with_orders(release),
        "circular": Circular.objects.filter(release=release).first(),
        "may_issue": may_issue,
        "errors": errors,
        "demand": request.POST.get("demand") or _("Each office named above puts right what is behind."),
    }
    return render(request, "reports/behind/behind.html", context, status=409 if errors else 200)


def _releases(user: User) -> list[tuple[int, str]]:
    """Return the last versions of the quarters released, by name."""
    rows: Any = Release.objects.visible_to(user)
    latest = rows.light().latest_versions().select_related("plan").order_by("-plan__year", "-quarter")
    return [(one.pk, release_name(release_parameters(one))) for one in latest]


def _release_or_404(request: HttpRequest, pk: int) -> Release:
    rows = Release.objects.select_related("plan__region")
    found: Release = get_visible_or_404(rows, request.user, pk=pk)
    return found


def _with_orders(release: Release) -> list[OfficeRows]:
    """Return the findings by office with their open orders (1 query)."""
    orders = list(SupervisionOrder.objects.filter(plan=release.plan_id, closed_on__isnull=True))
    known = {("indicator", one.indicator_id): one for one in orders if one.indicator_id}
    known |= {("measure", one.measure_id): one for one in orders if one.measure_id}
    return [
        OfficeRows(one.office, [Row(it, known.get((it.kind, it.thing.pk))) for it in one.findings])
        for one in findings_of(edition_of(release))
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@roles_required(*BUREAU_ROLES)
def order_new(request: HttpRequest, pk: int, kind: str, code: str) -> HttpResponse:
    """Draft and issue a supervision order about one thing that is behind."""
    user: Any = request.user
    release = _release_or_404(request, pk)
    if not issues_orders_for(user, period_of(release)):
        raise PermissionDenied
    finding = finding_named(edition_of(release), kind, code)
    if finding is None:
        raise Http404
    attempt = attempt_of(
        request,
        lambda demand, answer_due_on: order_issue_from(
            release=release, kind=kind, code=code, demand=demand, answer_due_on=answer_due_on, by=user
        ),
    )
    if attempt.response is not None:
        return attempt.response
    context = {
        "release": release,
        "name": release_name(release_parameters(release)),
        "finding": finding,
        "errors": attempt.errors,
    } | draft_of(
        request,
        region_id=release.plan.region_id,
        demand=_("Say why it is behind, and what is done by when."),
        days=ANSWER_DAYS,
    )
    return render(request, "reports/behind/order_new.html", context, status=attempt.status)


@require_http_methods(["GET", "HEAD", "POST"])
@roles_required(*BUREAU_ROLES)
def circular(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a circular, fit to be printed; have it made as Word or PDF."""
    user: Any = request.user
    rows: Any = Release.objects.visible_to(user)
    known = Circular.objects.select_related("plan", "release", "issued_by").defer("release__content")
    found = get_object_or_404(known, pk=pk, release__in=rows.order_by().values("pk"))
    if request.method == "POST":
        kind = "circular-pdf" if request.POST.get("format") == "pdf" else "circular"
        job_request(kind=kind, parameters=parameters_of(found), by=user)
        return redirect("reports:mine")
    context = {
        "circular": found,
        "title": circular_title(found),
        "pdf_missing": "" if pdf_offered() else missing_sentence(),
    }
    return render(request, "reports/behind/circular.html", context)
