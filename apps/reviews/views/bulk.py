"""Accepting many parts together after a look at a sample."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.accounts.access import roles_required
from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.collection.errors import WorkflowError
from apps.reviews import pages
from apps.reviews.bulk import (
    FEWEST,
    bulk_abandon,
    bulk_accept,
    bulk_check,
    bulk_start,
    candidates_of,
    open_bulk,
    sample_size,
)
from apps.reviews.models import BulkAcceptance, BulkItem

LAST = 5


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@roles_required(Role.OFFICE, Role.DEPUTY)
def bulk(request: HttpRequest) -> HttpResponse:
    """Show what could be accepted together, or the sample of what is being accepted together."""
    user: Any = request.user
    if request.method == "POST":
        try:
            _act(request, user)
        except WorkflowError as error:
            messages.error(request, str(error))
        return redirect("reviews:bulk")
    current = open_bulk(user)
    context: dict[str, Any] = {"bulk": current, "last": _last(user)}
    if current is None:
        ready = candidates_of(user)
        context |= {"ready": ready, "enough": len(ready) >= FEWEST, "n_sample": sample_size(len(ready))}
    else:
        context |= _sample(current, user)
    return render(request, "reviews/bulk.html", context)


def _sample(current: BulkAcceptance, user: User) -> dict[str, Any]:
    """Return the first part of the sample that is still to be looked at, with its facts."""
    items = list(
        current.items.select_related(
            "review__office", "review__submission__organisation", "review__submission__period__plan__policy"
        )
    )
    sampled = [item for item in items if item.is_sampled]
    ahead = next((item for item in sampled if not item.verdict), None)
    rows = pages.review_rows(ahead.review, viewer=user, may_decide=True) if ahead else []
    return {
        "items": items,
        "sampled": sampled,
        "n_done": sum(bool(item.verdict) for item in sampled),
        "ahead": ahead,
        "rows": rows,
    }


def _act(request: HttpRequest, user: User) -> None:
    action, current = request.POST.get("action", ""), open_bulk(user)
    if action == "start":
        bulk_start(reviews=candidates_of(user), by=user)
        return
    if current is None:
        raise WorkflowError(_("This bulk acceptance is finished already."))
    if action == "check":
        pk = request.POST.get("item", "")
        item = get_object_or_404(BulkItem, bulk=current, pk=int(pk) if pk.isdecimal() else 0)
        bulk_check(item=item, verdict=request.POST.get("verdict", ""), by=user)
        if request.POST.get("verdict") == "wrong":
            messages.warning(request, _("The bulk acceptance is stopped: look at each return by itself."))
    elif action == "accept":
        _tell(request, bulk_accept(bulk=current, by=user), current)
    elif action == "abandon":
        bulk_abandon(bulk=current, by=user)
    else:
        raise Http404


def _tell(request: HttpRequest, left: list[BulkItem], current: BulkAcceptance) -> None:
    count = current.items.count() - len(left)
    text = ngettext("%(count)s return is accepted.", "%(count)s returns are accepted.", count)
    messages.success(request, text % {"count": count})
    for item in left:
        name = item.review.submission.organisation.name
        messages.warning(request, _("%(name)s: %(why)s") % {"name": name, "why": item.left_because})


def _last(user: User) -> list[BulkAcceptance]:
    return list(BulkAcceptance.objects.filter(by=user).exclude(state="open")[:LAST])
