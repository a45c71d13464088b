"""The form as a workbook: download, upload, look at it, take it over, get it back with its errors."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import permission_required
from apps.collection import pages
from apps.collection.errors import WorkflowError
from apps.collection.evidence.kinds import XLSX
from apps.collection.evidence.names import clean_name
from apps.collection.models import Period, Submission
from apps.collection.permissions import reports
from apps.collection.services.fact_files import taken_text
from apps.collection.workbook.service import Look, look_at, workbook_bytes, workbook_take
from apps.core import clock
from apps.core.exchanging.grids import LARGEST_FILE, FileRefused

KEPT_SECONDS = 60 * 60


@require_safe
@never_cache
@permission_required(reports)
def workbook_download(request: HttpRequest, year: int, quarter: int) -> HttpResponse:
    """Send the form of the person's own school or office as a workbook."""
    user: Any = request.user
    period = pages.period_or_404(user.organisation, quarter=quarter, year=year)
    content = workbook_bytes(
        period=period, organisation=user.organisation, submission=_submission(user, period)
    )
    return _attachment(content, f"{user.organisation.name}-{year}年第{quarter}季度填报表.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission_required(reports)
def workbook_upload(request: HttpRequest, year: int, quarter: int) -> HttpResponse:
    """Take a file; nothing is written before it has been looked at."""
    user: Any = request.user
    period = pages.period_or_404(user.organisation, quarter=quarter, year=year)
    error = ""
    if request.method == "POST":
        try:
            content, name = _content(request)
            _look(user, period, content)
        except FileRefused as refusal:
            error = str(refusal)
        else:
            token = secrets.token_urlsafe(16)
            cache.set(_place(user, period, token), {"content": content, "name": name}, KEPT_SECONDS)
            return redirect("collection:workbook_preview", year, quarter, token)
    context = {"period": period, "error": error, "limit": LARGEST_FILE >> 20, "is_open": _is_open(period)}
    return render(request, "collection/workbook/upload.html", context, status=422 if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission_required(reports)
def workbook_preview(request: HttpRequest, year: int, quarter: int, token: str) -> HttpResponse:
    """Show what the kept file would change; do it once that has been confirmed."""
    user: Any = request.user
    period = pages.period_or_404(user.organisation, quarter=quarter, year=year)
    kept = cache.get(_place(user, period, token))
    if kept is None:
        messages.warning(request, _("The file is no longer kept. Choose it again."))
        return redirect("collection:workbook", year, quarter)
    if request.method == "POST":
        return _take(request, period, kept, token)
    return _show(request, period, kept, token, _look(user, period, kept["content"]))


@require_safe
@never_cache
@permission_required(reports)
def workbook_errors(request: HttpRequest, year: int, quarter: int, token: str) -> HttpResponse:
    """Send the kept workbook back with what is wrong beside its cells."""
    user: Any = request.user
    period = pages.period_or_404(user.organisation, quarter=quarter, year=year)
    kept = cache.get(_place(user, period, token))
    if kept is None:
        messages.warning(request, _("The file is no longer kept. Choose it again."))
        return redirect("collection:workbook", year, quarter)
    content = workbook_bytes(
        period=period,
        organisation=user.organisation,
        submission=_submission(user, period),
        look=_look(user, period, kept["content"]),
    )
    return _attachment(content, f"{user.organisation.name}-{year}年第{quarter}季度填报表（待改）.xlsx")


def _take(request: HttpRequest, period: Period, kept: dict[str, Any], token: str) -> HttpResponse:
    """Take over exactly what was shown; show it again where it would be something else now."""
    user: Any = request.user
    look = _look(user, period, kept["content"])
    if not look.can_be_taken or look.proposal.fingerprint != request.POST.get("fingerprint"):
        messages.warning(
            request, _("Something has changed since you looked: see what the file would do now.")
        )
        return _show(request, period, kept, token, look, status=409)
    try:
        with transaction.atomic():
            outcome = workbook_take(
                look=look, name=kept["name"], period=period, organisation=user.organisation, by=user
            )
    except WorkflowError as error:
        messages.error(request, str(error))
        return _show(request, period, kept, token, look, status=409)
    messages.success(request, _saved_text(outcome.saved))
    if look.proposal.n_wrong:
        messages.warning(request, _("The refused cells are still listed here, and in the returned workbook."))
        return redirect("collection:workbook_preview", period.plan.year, period.quarter, token)
    cache.delete(_place(user, period, token))
    return redirect(reverse("collection:form", args=[period.plan.year, period.quarter]))


def _show(
    request: HttpRequest, period: Period, kept: dict[str, Any], token: str, look: Look, *, status: int = 200
) -> HttpResponse:
    context = {
        "period": period,
        "look": look,
        "proposal": look.proposal,
        "token": token,
        "file_name": kept["name"],
        "taken_before": taken_text(look.taken_before) if look.taken_before else "",
        "is_open": _is_open(period),
    }
    return render(request, "collection/workbook/preview.html", context, status=status)


def _content(request: HttpRequest) -> tuple[bytes, str]:
    upload = request.FILES.get("file")
    if upload is None or not upload.size:
        raise FileRefused(_("Choose a file first; an empty file cannot be read."))
    if upload.size > LARGEST_FILE:
        text = _("The file is larger than %(limit)s MB. Split it.")
        raise FileRefused(text % {"limit": LARGEST_FILE >> 20})
    return upload.read(), clean_name(upload.name or "")


def _look(user: Any, period: Period, content: bytes) -> Look:
    return look_at(
        content, period=period, organisation=user.organisation, submission=_submission(user, period)
    )


def _submission(user: Any, period: Period) -> Submission | None:
    return Submission.objects.filter(period=period, organisation=user.organisation).first()


def _is_open(period: Period) -> bool:
    return clock.today() >= period.opens_on


def _place(user: Any, period: Period, token: str) -> str:
    """Return where a file is kept: for one person and one form only."""
    return f"workbook:{user.pk}:{period.pk}:{token}"


def _saved_text(count: int) -> str:
    text = ngettext(
        "%(count)s figure was taken over as a draft. Check the form and submit it there.",
        "%(count)s figures were taken over as a draft. Check the form and submit it there.",
        count,
    )
    return text % {"count": count}


def _attachment(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
