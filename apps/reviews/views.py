from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import get_visible_or_404, roles_required
from apps.accounts.enums import BUREAU_ROLES, Role
from apps.collection.errors import WorkflowError
from apps.collection.keys import Key, read_key
from apps.core import clock
from apps.reviews import pages
from apps.reviews.enums import ReturnReason, ReviewStatus
from apps.reviews.models import OfficeReview
from apps.reviews.services import FactReturn, part_version, review_accept, review_reopen, review_return

PAGE = 40


@require_safe
@roles_required(Role.OFFICE, Role.DEPUTY)
def queue(request: HttpRequest) -> HttpResponse:
    """Show the parts of returns that the person may decide, the longest waiting first."""
    user: Any = request.user
    chosen = pages.QueueFilter.read(request.GET)
    mine = pages.my_reviews(user)
    page = Paginator(pages.filtered(mine, chosen), PAGE).get_page(request.GET.get("page"))
    offices = mine.order_by().values_list("office_id", "office__name", "office__name_en").distinct()
    context = {
        "page": page,
        "rows": pages.queue_rows(list(page.object_list), clock.today()),
        "chosen": chosen,
        "states": ReviewStatus.choices,
        "offices": sorted(offices) if user.role == Role.DEPUTY else [],
    }
    return render(request, "reviews/queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@roles_required(*BUREAU_ROLES)
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one office's part of a return, and take the decision about it."""
    user: Any = request.user
    rows = OfficeReview.objects.select_related(
        "office", "submission__organisation", "submission__period__plan__policy", "decided_by"
    )
    found: OfficeReview = get_visible_or_404(rows, user, pk=pk)
    if request.method == "POST":
        return _decide(request, found)
    return _render(request, found)


def _decide(request: HttpRequest, found: OfficeReview) -> HttpResponse:
    user: Any = request.user
    if not pages.may_decide(user, found):
        raise PermissionDenied
    chosen = _choices(request)
    try:
        told = _act(request, found, chosen)
    except WorkflowError as error:
        messages.error(request, str(error))
        found.refresh_from_db()
        return _render(request, found, chosen=chosen, status=409)
    messages.success(request, told)
    following = pages.next_waiting(user, found)
    return redirect("reviews:review", following.pk) if following else redirect("reviews:queue")


def _act(request: HttpRequest, found: OfficeReview, chosen: dict[Key, FactReturn]) -> str:
    """Do what was asked; return what to tell."""
    user: Any = request.user
    data, name = request.POST, found.submission.organisation.name
    action, note, version = data.get("action"), data.get("note", ""), data.get("version", "")
    if action == "return":
        review_return(review=found, returns=chosen.values(), by=user, note=note)
        return _("Returned to %(name)s.") % {"name": name}
    if action == "reopen":
        review_reopen(review=found, by=user, reason=note)
        return _("Reopened for %(name)s.") % {"name": name}
    if action != "accept":
        raise WorkflowError(_("Choose what to do: accept or return."))
    if chosen:
        raise WorkflowError(_("You marked facts to return. Return them, or take the marks away to accept."))
    review_accept(review=found, by=user, note=note, version=int(version) if version.isdecimal() else None)
    return _("The return of %(name)s is accepted.") % {"name": name}


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
