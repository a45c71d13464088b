"""A person's notices."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import get_visible_or_404, permission_required
from apps.accounts.enums import Role
from apps.accounts.permissions import has_role
from apps.collection.chasing.notices import notices_read
from apps.collection.chasing.wording import notice_title
from apps.collection.models import Notice

PAGE = 30
everyone = has_role(*Role)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(everyone)
def notices(request: HttpRequest) -> HttpResponse:
    """Show a person's notices, the newest first; mark all of them as read."""
    user: Any = request.user
    if request.method == "POST":
        notices_read(by=user)
        return redirect("collection:notices")
    own = Notice.objects.visible_to(user).select_related(
        "organisation", "period__plan", "order", "measure", "measure_step", "by"
    )
    page = Paginator(own, PAGE).get_page(request.GET.get("page"))
    rows = [(notice, notice_title(notice)) for notice in page.object_list]
    return render(request, "collection/chasing/notices.html", {"page": page, "rows": rows})


@require_safe
@permission_required(everyone)
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to what a notice is about; it is read thereby."""
    user: Any = request.user
    found: Notice = get_visible_or_404(Notice.objects.select_related("period__plan"), user, pk=pk)
    notices_read(by=user, notices=[found])
    if found.link:
        return redirect(found.link)
    if found.order_id:
        return redirect("collection:order", found.order_id)
    if found.measure_id:
        return redirect("dashboards:measure", found.measure_id)
    return redirect(reverse("collection:form", args=[found.period.plan.year, found.period.quarter]))
