"""The letter that goes with a return: what was sent back, why, what to do, until when."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.access import get_visible_or_404, permission_required
from apps.accounts.enums import Role
from apps.accounts.permissions import has_role
from apps.reviews.letters import letter_of
from apps.reviews.models import OfficeReview

everyone = has_role(*Role)


@require_safe
@permission_required(everyone)
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the letter of the last return of a part, fit to be printed."""
    user: Any = request.user
    rows = OfficeReview.objects.select_related(
        "office", "submission__organisation", "submission__period__plan__policy", "decided_by"
    )
    found: OfficeReview = get_visible_or_404(rows, user, pk=pk)
    written = letter_of(found, viewer=user)
    if written is None:
        raise Http404
    return render(request, "reviews/letter.html", {"letter": written, "review": found})
