"""Files of a return: add several, remove one, download, preview."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import get_visible_or_404, permission_required
from apps.accounts.enums import Role
from apps.accounts.permissions import has_role
from apps.collection import pages
from apps.collection.errors import WorkflowError
from apps.collection.evidence.panel import EvidencePanel, evidence_change
from apps.collection.evidence.required import required_elements
from apps.collection.evidence.serving import download, preview
from apps.collection.models import Evidence
from apps.collection.permissions import reports, sees_evidence
from apps.collection.services import submission_start
from apps.collection.slots import slots_of
from apps.plans.models import MeasureEvidence

everyone = has_role(*Role)


@require_POST
@never_cache
@permission_required(reports)
def evidence_change_view(request: HttpRequest, year: int, quarter: int) -> HttpResponse:
    """Add the dropped or chosen files, or remove one; a script gets the list as its answer."""
    user: Any = request.user
    period = pages.period_or_404(user.organisation, quarter=quarter, year=year)
    try:
        submission = submission_start(period=period, organisation=user.organisation, by=user)
    except WorkflowError as error:
        messages.error(request, str(error))
        return redirect("collection:list")
    outcomes = evidence_change(submission=submission, data=request.POST, files=request.FILES, by=user)
    if request.headers.get("X-Requested-With") == "fetch":
        slots = slots_of(period=period, organisation=user.organisation, submission=submission, compare=False)
        panel = EvidencePanel(period, submission, required_elements(slots), outcomes)
        return render(request, "collection/evidence/_list.html", {"panel": panel})
    for outcome in outcomes:
        messages.add_message(request, messages.SUCCESS if outcome.is_done else messages.ERROR, outcome.text)
    return redirect(reverse("collection:form", args=[year, quarter]) + "#evidence")


@require_safe
@permission_required(everyone)
def evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send an evidence file to whoever may see it; always as a download, never run by the browser."""
    return download(_readable(request, pk))


@require_safe
@permission_required(everyone)
def evidence_preview(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show a PDF or a picture in the browser, sandboxed."""
    return preview(_readable(request, pk))


@require_safe
@permission_required(everyone)
def measure_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send a file of a measure to its lead office and to whoever may close the measure."""
    return download(_readable_of_measure(request, pk))


@require_safe
@permission_required(everyone)
def measure_evidence_preview(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show a PDF or a picture of a measure in the browser, sandboxed."""
    return preview(_readable_of_measure(request, pk))


def _readable_of_measure(request: HttpRequest, pk: int) -> MeasureEvidence:
    found: MeasureEvidence = get_visible_or_404(MeasureEvidence.objects.all(), request.user, pk=pk)
    if not found.is_readable:
        raise Http404
    return found


def _readable(request: HttpRequest, pk: int) -> Evidence:
    user: Any = request.user
    found: Evidence = get_visible_or_404(Evidence.objects.select_related("submission"), user, pk=pk)
    if not found.is_readable or not sees_evidence(user, found.submission):
        raise Http404
    return found
