from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.accounts.access import get_visible_or_404, roles_required
from apps.accounts.enums import BUREAU_ROLES, Role
from apps.accounts.models import User
from apps.collection.errors import WorkflowError
from apps.collection.keys import Key, read_key
from apps.core import clock
from apps.reviews import pages
from apps.reviews.claims import claim_require, claim_take, claims_of
from apps.reviews.enums import ReturnReason, ReviewStatus
from apps.reviews.models import OfficeReview
from apps.reviews.services import (
    FactReturn,
    default_correct_by,
    part_version,
    review_accept,
    review_reopen,
    review_return,
)

REVIEWING = (Role.OFFICE, Role.DEPUTY)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@roles_required(*BUREAU_ROLES)
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one office's part of a return, and take the decision about it."""
    user: Any = request.user
    rows = OfficeReview.objects.select_related(
        "office", "submission__organisation", "submission__period__plan__policy", "decided_by"
    )
    if request.method == "POST" and user.role in REVIEWING and not rows.filter(pk=pk).exists():
        messages.error(request, _("The school has taken this return back; it comes again when submitted."))
        return redirect("reviews:queue")
    found: OfficeReview = get_visible_or_404(rows, user, pk=pk)
    if request.method == "POST":
        return _decide(request, found)
    if request.method == "GET" and pages.may_decide(user, found):
        claim_take(review=found, by=user)
    return _render(request, found)


def _decide(request: HttpRequest, found: OfficeReview) -> HttpResponse:
    user: Any = request.user
    if not pages.may_decide(user, found):
        raise PermissionDenied
    if request.POST.get("action") == "take_over":
        claim_take(review=found, by=user, force=True)
        return redirect("reviews:review", found.pk)
    chosen = _choices(request)
    try:
        told = _act(request, found, chosen)
    except WorkflowError as error:
        messages.error(request, str(error))
        found.refresh_from_db()
        return _render(request, found, chosen=chosen, status=409)
    if left := pages.count_waiting(user):
        told += ngettext("%(count)s return still waits.", "%(count)s returns still wait.", left) % {
            "count": left
        }
    messages.success(request, told)
    following = pages.next_waiting(user, found)
    return redirect("reviews:review", following.pk) if following else redirect("reviews:queue")


def _act(request: HttpRequest, found: OfficeReview, chosen: dict[Key, FactReturn]) -> str:
    """Do what was asked; return what to tell."""
    user: Any = request.user
    data, name = request.POST, found.submission.organisation.name
    action, note = data.get("action"), data.get("note", "")
    version = int(data["version"]) if data.get("version", "").isdecimal() else None
    claim_require(review=found, by=user)
    if action == "return":
        review_return(
            review=found,
            returns=chosen.values(),
            by=user,
            note=note,
            version=version,
            accept_rest=data.get("accept_rest") == "1",
            correct_by=_date(data.get("correct_by", "")),
        )
        return _("Returned to %(name)s.") % {"name": name}
    if action == "reopen":
        review_reopen(review=found, by=user, reason=note)
        return _("Reopened for %(name)s.") % {"name": name}
    if action != "accept":
        raise WorkflowError(_("Choose what to do: accept or return."))
    if chosen:
        raise WorkflowError(_("You marked facts to return. Return them, or take the marks away to accept."))
    if data.get("impact_seen") != "1" and _has_corrections(found, user):
        raise WorkflowError(
            _("Accepted figures would change: look at what that moves and confirm that you have seen it.")
        )
    review_accept(review=found, by=user, note=note, version=version)
    return _("The return of %(name)s is accepted.") % {"name": name}


def _date(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _has_corrections(found: OfficeReview, user: User) -> bool:
    return any(row.is_correction for row in pages.review_rows(found, viewer=user, may_decide=True))


def _choices(request: HttpRequest) -> dict[Key, FactReturn]:
    """Return the facts marked for return with their reasons, by key."""
    chosen: dict[Key, FactReturn] = {}
    for name in request.POST:
        key = read_key(name.removeprefix("x-")) if name.startswith("x-") else None
        if key:
            reason = request.POST.get(f"q-{name.removeprefix('x-')}", "")
            text = request.POST.get(f"t-{name.removeprefix('x-')}", "")
            chosen[key] = FactReturn(key[0], key[1], reason, text)
    return chosen


def _render(
    request: HttpRequest,
    found: OfficeReview,
    *,
    chosen: dict[Key, FactReturn] | None = None,
    status: int = 200,
) -> HttpResponse:
    user: Any = request.user
    may_decide = pages.may_decide(user, found)
    rows = pages.review_rows(found, viewer=user, may_decide=may_decide, chosen=chosen)
    context = {
        "review": found,
        "submission": found.submission,
        "period": found.submission.period,
        "rows": rows,
        "many_stages": len({row.fact.slot.stage for row in rows} - {"whole"}) > 1,
        "corrections": sum(row.is_correction for row in rows),
        "claim": claims_of([found]).get(found.pk),
        "correct_by": request.POST.get("correct_by") or default_correct_by(found.submission).isoformat(),
        "accept_rest": request.POST.get("accept_rest", "1" if request.method != "POST" else ""),
        "returned": found.returns.exists(),
        "changed": sum(row.fact.is_changed for row in rows),
        "flagged": sum(row.fact.is_flagged for row in rows),
        "reasons": ReturnReason.choices,
        "evidence": list(found.submission.evidence.for_list()) if may_decide else [],
        "events": found.submission.events.select_related("by"),
        "can_decide": may_decide and found.status == ReviewStatus.WAITING,
        "can_reopen": may_decide and found.status == ReviewStatus.ACCEPTED,
        "version": part_version(found),
        "age": (clock.today() - found.waiting_since).days,
        "note": request.POST.get("note", ""),
    }
    return render(request, "reviews/review.html", context, status=status)
