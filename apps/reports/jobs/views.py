"""A person's reports: asked for, followed, cancelled, tried again, downloaded."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import get_visible_or_404
from apps.accounts.permissions import is_bureau_member, manages_settings
from apps.core.jobs.models import Job
from apps.core.jobs.services import job_cancel, job_request, job_retry, may_have
from apps.reports.jobs.registry import ReportKind, report_of, reports
from apps.reports.jobs.rows import JobRow, row_of
from apps.reports.pdf import missing_sentence, pdf_offered

PAGE = 20


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """List a person's reports, the newest first, and what may be asked for."""
    user: Any = request.user
    page = Paginator(Job.objects.visible_to(user).select_related("file"), PAGE).get_page(
        request.GET.get("page")
    )
    for job in page.object_list:
        job.owner = user  # what this person may read is asked once for the whole list
    context = {
        "page": page,
        "rows": [row_of(job) for job in page.object_list],
        "is_bureau": is_bureau_member(user),
        "manages_schedules": manages_settings(user),
        "kept_days": settings.JOB_FILES_KEPT_DAYS,
        "offered": [kind for kind in reports() if kind.offered_to(user)],
    }
    return render(request, "reports/jobs/mine.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest, name: str) -> HttpResponse:
    """Ask for one report: its form, then the list with its bar."""
    user: Any = request.user
    kind = _offered_or_refused(name, user)
    form = kind.form(request.POST or None, user=user, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        as_pdf = kind.has_pdf and request.POST.get("format") == "pdf"
        name = kind.pdf_name if as_pdf else kind.name
        job = job_request(kind=name, parameters=form.parameters(), by=user)
        if job.has_file:
            messages.success(request, _("It is ready: the same request was made before."))
        return redirect("reports:mine")
    nothing = form.nothing_yet()
    context = {"kind": kind, "form": form, "nothing": nothing, "pdf": _pdf_words(kind)}
    return render(request, "reports/jobs/new.html", context, status=422 if request.method == "POST" else 200)


def _pdf_words(kind: ReportKind) -> dict[str, str]:
    """Return what the form says of the PDF: nothing where there is none, why not where it cannot be made."""
    if not kind.has_pdf:
        return {}
    return {"is_there": "1"} if pdf_offered() else {"missing": missing_sentence()}


def _offered_or_refused(name: str, user: Any) -> ReportKind:
    kind = report_of(name)
    if kind is None:
        raise Http404
    if not kind.form.offered_to(user):
        raise PermissionDenied
    return kind


@require_safe
@login_required
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far one report is; for htmx its line alone."""
    row = row_of(_own_or_404(request, pk))
    htmx: Any = getattr(request, "htmx", False)
    template = "reports/jobs/_row.html" if htmx else "reports/jobs/job.html"
    return render(request, template, {"row": row})


@require_POST
@login_required
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a report that waits or is being made."""
    user: Any = request.user
    found = _own_or_404(request, pk)
    if not job_cancel(job=found, by=user):
        messages.info(request, _("It was finished already."))
    return _line_or_list(request, found)


@require_POST
@login_required
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a report made again."""
    user: Any = request.user
    job_retry(job=_own_or_404(request, pk), by=user)
    return redirect("reports:mine")


@require_safe
@login_required
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the file to its owner, who must still be one of those it was made for."""
    found = _own_or_404(request, pk)
    if not may_have(request.user, found):
        raise PermissionDenied
    row = found.file
    if row is None or not row.is_there or not row.file.storage.exists(row.path):
        messages.error(request, _("The file is not there any more; have it made again."))
        return redirect("reports:mine")
    response = FileResponse(row.file.open("rb"), as_attachment=True, filename=row.name)
    response["Content-Type"] = row.content_type
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _own_or_404(request: HttpRequest, pk: int) -> Job:
    found: Job = get_visible_or_404(Job.objects.select_related("file", "owner"), request.user, pk=pk)
    return found


def _line_or_list(request: HttpRequest, found: Job) -> HttpResponse:
    htmx: Any = getattr(request, "htmx", False)
    if htmx:
        fresh: JobRow = row_of(_own_or_404(request, found.pk))
        return render(request, "reports/jobs/_row.html", {"row": fresh})
    return redirect("reports:mine")
