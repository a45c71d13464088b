"""A return as it stands, its steps, its evidence."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import get_visible_or_404, permission_required
from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.accounts.permissions import has_role
from apps.collection.comparing import comparisons
from apps.collection.due_dates import due_date_of
from apps.collection.enums import SubmissionStatus
from apps.collection.errors import WorkflowError
from apps.collection.fact_rows import rows_of
from apps.collection.models import Submission
from apps.collection.permissions import reports_for, sees_evidence, signs_for
from apps.collection.sealing.forms import printed_forms
from apps.collection.services import submission_send_back, submission_submit, submission_withdraw
from apps.core import clock
from apps.organisations.enums import Stage

everyone = has_role(*Role)
HANDED_IN = frozenset({SubmissionStatus.SUBMITTED, SubmissionStatus.ACCEPTED, SubmissionStatus.RETURNED})


@require_safe
@permission_required(everyone)
def submission_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a return with its history; the principal signs it here."""
    user: Any = request.user
    found = _visible(user, pk)
    is_own = user.organisation_id == found.organisation_id
    rows = rows_of(found, viewer=user, as_submitted=not is_own)
    forms = printed_forms(found)
    context = {
        "submission": found,
        "period": found.period,
        "due_on": due_date_of(found.period, found.organisation_id),
        "rows": rows,
        "changed_rows": [row for row in rows if row.is_changed or row.is_flagged],
        "same_rows": [row for row in rows if not (row.is_changed or row.is_flagged)],
        "printed": forms[-1] if forms else None,
        "compared": comparisons(found, rows) if is_own and found.status in HANDED_IN else [],
        "many_stages": len({row.slot.stage for row in rows} - {Stage.WHOLE}) > 1,
        "changed": sum(row.is_changed for row in rows),
        "flagged": sum(row.is_flagged for row in rows),
        "events": found.events.select_related("by"),
        "reviews": found.reviews.select_related("office", "decided_by").order_by("office__sort_key"),
        "evidence": list(found.evidence.for_list()) if sees_evidence(user, found) else [],
        "is_own": is_own,
        "can_sign": signs_for(user, found.organisation) and found.status == SubmissionStatus.SIGNING,
        "can_withdraw": _can_withdraw(user, found),
        "can_write": reports_for(user, found.organisation) and any(row.slot.editable for row in rows),
    }
    return render(request, "collection/submission.html", context)


@require_safe
@permission_required(everyone)
def submission_print(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was handed in as the form that is printed and sealed; `?number=` an earlier one."""
    user: Any = request.user
    found = _visible(user, pk)
    forms = {str(form.number): form for form in printed_forms(found)}
    if user.organisation_id != found.organisation_id or not forms:
        raise Http404
    printed = forms.get(request.GET.get("number", str(len(forms))))
    if printed is None:
        raise Http404
    context = {
        "submission": found,
        "period": found.period,
        "printed": printed,
        "forms": list(forms.values()),
        "many_stages": len({fact.stage for fact in printed.facts} - {Stage.WHOLE}) > 1,
        "is_demo": found.organisation.is_demo,
    }
    return render(request, "collection/print.html", context)


@require_POST
@permission_required(everyone)
def submission_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Sign, send back or withdraw a return."""
    user: Any = request.user
    found = _visible(user, pk)
    if step not in _STEPS:
        raise Http404
    try:
        messages.success(request, _STEPS[step](found, user, request.POST.get("note", "")))
    except WorkflowError as error:
        messages.error(request, str(error))
    return redirect("collection:submission", pk)


def _sign(submission: Submission, user: User, note: str) -> str:
    if not signs_for(user, submission.organisation):
        raise PermissionDenied
    if submission.status != SubmissionStatus.SIGNING:
        raise WorkflowError(_("This return is not waiting for a signature."))
    submission_submit(submission=submission, by=user)
    return _("Signed and submitted.")


def _send_back(submission: Submission, user: User, note: str) -> str:
    submission_send_back(submission=submission, by=user, note=note)
    return _("Sent back to the reporter.")


def _withdraw(submission: Submission, user: User, note: str) -> str:
    submission_withdraw(submission=submission, by=user, note=note)
    return _("Withdrawn; you can change it and submit it again.")


_STEPS = {"sign": _sign, "send-back": _send_back, "withdraw": _withdraw}


def _visible(user: Any, pk: int) -> Submission:
    rows = Submission.objects.select_related("organisation", "period__plan__policy")
    found: Submission = get_visible_or_404(rows, user, pk=pk)
    return found


def _can_withdraw(user: User, submission: Submission) -> bool:
    return (
        reports_for(user, submission.organisation)
        and submission.status == SubmissionStatus.SUBMITTED
        and clock.today() <= submission.period.closes_on
        and not submission.reviews.exclude(decided_at=None).exists()
    )
