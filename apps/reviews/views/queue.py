"""The queue of whoever reviews."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.access import roles_required
from apps.accounts.enums import Role
from apps.core import clock
from apps.reviews import pages
from apps.reviews.enums import ReviewStatus


@require_safe
@roles_required(Role.OFFICE, Role.DEPUTY)
def queue(request: HttpRequest) -> HttpResponse:
    """Show the parts of returns that the person may decide, the longest waiting or the riskiest first."""
    user: Any = request.user
    chosen = pages.QueueFilter.read(request.GET)
    mine = pages.my_reviews(user)
    page, rows = pages.queue_page(
        pages.filtered(mine, chosen), chosen, number=request.GET.get("page"), today=clock.today()
    )
    offices = mine.order_by().values_list("office_id", "office__name", "office__name_en").distinct()
    context = {
        "page": page,
        "rows": rows,
        "chosen": chosen,
        "states": ReviewStatus.choices,
        "offices": sorted(offices) if user.role == Role.DEPUTY else [],
    }
    return render(request, "reviews/queue.html", context)
