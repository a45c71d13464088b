"""The archive of releases, and one release."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accounts.access import roles_required
from apps.accounts.enums import BUREAU_ROLES
from apps.dashboards.home import plan_in_force
from apps.plans.models import AnnualPlan
from apps.reports.releases import canonical
from apps.reports.releases.audience import audience_of
from apps.reports.releases.certificate import facts_of
from apps.reports.releases.corrections import indicators_corrected
from apps.reports.releases.documents import documents_for, jobs_of
from apps.reports.releases.edition import Edition
from apps.reports.releases.guarded import plan_or_404, release_or_404
from apps.reports.releases.models import Release
from apps.reports.releases.pages import archive_of, kept_items, releases_of
from apps.reports.releases.permissions import releases
from apps.reports.releases.thawing import Thawed


@require_safe
@never_cache
@roles_required(*BUREAU_ROLES)
def archive(request: HttpRequest) -> HttpResponse:
    """List the quarters of a plan with their releases (`?year=`, the plan in force without it)."""
    user: Any = request.user
    asked = request.GET.get("year", "")
    plan = plan_or_404(request, int(asked)) if _is_year(asked) else plan_in_force(user)
    if plan is None:
        return render(request, "home/no_plan.html")
    years = AnnualPlan.objects.visible_to(user).order_by("-year").values_list("year", flat=True)
    context = {
        "plan": plan,
        "rows": archive_of(plan, user),
        "years": list(dict.fromkeys(years)),
        "may_release": releases(user, plan),
    }
    return render(request, "reports/releases/archive.html", context)


def _is_year(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) == 4


@require_safe
@never_cache
@roles_required(*BUREAU_ROLES)
def release(request: HttpRequest, year: int, quarter: int, version: int) -> HttpResponse:
    """Show a release; with `?verify=1` say whether its content still has the fingerprint it cites."""
    user: Any = request.user
    found = release_or_404(request, year, quarter, version)
    recomputed = canonical.sha256_of(found.content)
    is_whole = recomputed == found.sha256
    versions = [one for one in releases_of(found.plan, user) if one.quarter == quarter]
    edition = Edition(Thawed(json.loads(found.content)), audience_of(user), recomputed) if is_whole else None
    context = {
        "release": found,
        "plan": found.plan,
        "facts": facts_of(found),
        "edition": edition,
        "recomputed": recomputed if "verify" in request.GET or not is_whole else "",
        "is_whole": is_whole,
        "versions": versions,
        "is_latest": found.pk == versions[0].pk,
        "n_corrected": _corrected(found) if found.pk == versions[0].pk and is_whole else 0,
        "warnings": kept_items(found, user),
        "documents": documents_for(user),
        "jobs": jobs_of(found, user),
        "may_release": releases(user, found.plan),
    }
    return render(request, "reports/releases/release.html", context)


def _corrected(found: Release) -> int:
    return len(indicators_corrected(found))
