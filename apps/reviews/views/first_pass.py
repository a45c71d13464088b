"""What is right at the first go, so that a confusing question shows as the form's fault."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.access import roles_required
from apps.accounts.enums import BUREAU_ROLES
from apps.collection.chasing.desk import plan_of
from apps.core import clock
from apps.organisations.enums import SchoolType
from apps.reviews.first_pass import first_pass_of


@require_safe
@roles_required(*BUREAU_ROLES)
def first_pass(request: HttpRequest) -> HttpResponse:
    """Show the share accepted at first submission, by form and by fact."""
    user: Any = request.user
    plan = plan_of(user, clock.today())
    asked = request.GET.get("quarter", "")
    quarter = int(asked) if asked in {"1", "2", "3", "4"} else None
    page = first_pass_of(plan, quarter=quarter) if plan else None
    names = {**dict(SchoolType.choices), "office": _("Office"), "": _("not known")}
    context = {
        "plan": plan,
        "page": page,
        "quarter": quarter,
        "forms": [(names[kind], rate) for kind, rate in sorted(page.forms.items())] if page else [],
        "rows": [
            (row, [(names[kind], rate) for kind, rate in sorted(row.by_kind.items())]) for row in page.rows
        ]
        if page
        else [],
    }
    return render(request, "reviews/first_pass.html", context)
