"""The list of a person's quarters and the form of one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import permission_required
from apps.accounts.permissions import is_reporter
from apps.collection import pages
from apps.collection.autosave.near import known_text
from apps.collection.due_dates import due_date_of
from apps.collection.enums import SubmissionStatus
from apps.collection.errors import Conflict, Incomplete, WorkflowError
from apps.collection.evidence.panel import EvidencePanel
from apps.collection.evidence.required import required_elements
from apps.collection.form_page import FormPost, handed_back, problem_list
from apps.collection.models import Period, Submission
from apps.collection.permissions import reports
from apps.collection.returns import return_of
from apps.collection.services import SaveOutcome, submission_start, submission_submit
from apps.collection.sheet import Sheet, build_sheet
from apps.core import clock
from apps.core.rows import by_key
from apps.organisations.models import Organisation

MOST_ECHOES = 5


@require_safe
@permission_required(reports)
def period_list(request: HttpRequest) -> HttpResponse:
    """Show a person's quarters: state, due date, progress."""
    user: Any = request.user
    plan = pages.plan_for(user.organisation)
    rows = pages.period_rows(user.organisation, plan, clock.today()) if plan else []
    context = {"plan": plan, "rows": rows, "organisation": user.organisation}
    return render(request, "collection/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission_required(reports)
def form(request: HttpRequest, quarter: int, year: int | None = None) -> HttpResponse:
    """Show and take one quarter's form of the person's own school or office."""
    user: Any = request.user
    user.organisation = by_key(Organisation, user.organisation_id)
    period = pages.period_or_404(user.organisation, quarter=quarter, year=year)
    if request.method == "POST":
        return _take(request, period)
    submission = return_of(period, user.organisation)
    sheet = build_sheet(period=period, organisation=user.organisation, submission=submission)
    if submission is not None and sheet.total and not sheet.is_editable:
        return redirect("collection:submission", submission.pk)
    return _render(request, sheet, checked=request.GET.get("check") == "1")


def _take(request: HttpRequest, period: Period) -> HttpResponse:
    """Save what was sent, then do what was asked; the page comes back as typed when something is wrong."""
    user: Any = request.user
    post = FormPost(request.POST, request.FILES, period, user)
    try:
        post.submission = submission_start(period=period, organisation=user.organisation, by=user)
        outcome = post.save()
    except Conflict as conflict:
        messages.error(request, str(conflict))
        return _render(request, post.sheet(), status=409, conflict=True)
    except WorkflowError as error:
        messages.error(request, str(error))
        return redirect("collection:list")
    _tell_echoes(request, post, outcome)
    file_note = _change_files(request, post)
    if outcome.problems:
        messages.warning(request, _count_text(len(outcome.problems)))
        return _render(request, post.sheet(outcome.problems), checked=post.is_submit, status=422)
    if post.is_submit and file_note:
        return _submit(request, post.submission)
    messages.success(request, _("Saved as a draft."))
    return redirect(_address(period) + post.anchor)


def _tell_echoes(request: HttpRequest, post: FormPost, outcome: SaveOutcome) -> None:
    """Say what was read otherwise than it was typed."""
    echoes = [_("%(typed)s as %(value)s") % pair for pair in post.echoes(outcome)]
    if echoes:
        more = " …" if len(echoes) > MOST_ECHOES else ""
        messages.info(request, _("Read: %(list)s") % {"list": "；".join(echoes[:MOST_ECHOES]) + more})


def _change_files(request: HttpRequest, post: FormPost) -> bool:
    """Add or remove evidence; return False when any of that failed."""
    outcomes = post.change_files()
    for outcome in outcomes:
        messages.add_message(request, messages.SUCCESS if outcome.is_done else messages.ERROR, outcome.text)
    return all(outcome.is_done for outcome in outcomes)


def _submit(request: HttpRequest, submission: Submission) -> HttpResponse:
    user: Any = request.user
    try:
        submission_submit(submission=submission, by=user)
    except Incomplete as incomplete:
        messages.error(request, str(incomplete))
        return redirect(f"{_address(submission.period)}?check=1")
    except WorkflowError as error:
        messages.error(request, str(error))
        return redirect(_address(submission.period))
    if submission.status == SubmissionStatus.SIGNING:
        messages.success(request, _("Passed on: your principal checks and submits it."))
    else:
        messages.success(request, _("Submitted. The offices review it now; what they return appears here."))
    return redirect("collection:submission", submission.pk)


def _render(
    request: HttpRequest, sheet: Sheet, *, checked: bool = False, conflict: bool = False, status: int = 200
) -> HttpResponse:
    today, submission = clock.today(), sheet.submission
    last = submission.events.select_related("by").order_by("-pk").first() if submission else None
    due_on = due_date_of(sheet.period, sheet.organisation.pk)
    context = {
        "sheet": sheet,
        "period": sheet.period,
        "submission": submission,
        "has_history": last is not None,
        "version": submission.version if submission else "",
        "known": known_text(submission, sheet.rules_stamp) if status == HTTPStatus.OK else "",
        "problems": problem_list(sheet, checked=checked),
        "checked": checked,
        "conflict": conflict,
        "is_open": today >= sheet.period.opens_on,
        "due_on": due_on,
        "is_late": today > due_on,
        "handed_back": handed_back(submission, last),
        "needs_signature": sheet.period.plan.policy.principal_sign_off and is_reporter(request.user),
        "panel": EvidencePanel(
            sheet.period, submission, required_elements(view.slot for view in sheet.fields)
        ),
    }
    return render(request, "collection/form.html", context, status=status)


def _address(period: Period) -> str:
    return reverse("collection:form", args=[period.plan.year, period.quarter])


def _count_text(count: int) -> str:
    text = ngettext(
        "Saved, except for %(count)s fact that needs attention.",
        "Saved, except for %(count)s facts that need attention.",
        count,
    )
    return text % {"count": count}
