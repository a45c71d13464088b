"""What schools get of releases: the report of their own school, and nothing else."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accounts.access import permission_required
from apps.accounts.permissions import is_school_member
from apps.core.jobs.models import Job
from apps.reports.jobs.releases import SchoolReleaseForm
from apps.reports.jobs.rows import row_of
from apps.reports.releases.documents import MOST_JOBS, documents_for
from apps.reports.releases.pages import releases_for_school


@require_safe
@never_cache
@permission_required(is_school_member)
def school_releases(request: HttpRequest) -> HttpResponse:
    """List the quarters that have been released, each with the own school's report."""
    user: Any = request.user
    own = Job.objects.visible_to(user).filter(parameters__school=user.organisation_id)
    context = {
        "releases": releases_for_school(user),
        "documents": [kind for kind in documents_for(user) if issubclass(kind.form, SchoolReleaseForm)],
        "jobs": [row_of(job) for job in own.select_related("file", "owner")[:MOST_JOBS]],
    }
    return render(request, "reports/releases/school.html", context)
