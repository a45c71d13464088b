"""The documents that may be made of a release, and those a person has asked for."""

from __future__ import annotations

from apps.accounts.models import User
from apps.core.jobs.models import Job
from apps.reports.jobs.registry import ReportKind, reports
from apps.reports.jobs.releases import OneReleaseForm
from apps.reports.jobs.rows import JobRow, row_of
from apps.reports.releases.models import Release

MOST_JOBS = 8


def documents_for(user: User) -> list[ReportKind]:
    """Return the reports of a release that a user is offered."""
    return [kind for kind in reports() if issubclass(kind.form, OneReleaseForm) and kind.offered_to(user)]


def jobs_of(release: Release, user: User) -> list[JobRow]:
    """Return the newest documents of a release that a user has asked for (two queries)."""
    own = Job.objects.visible_to(user).filter(parameters__release=release.pk)
    return [row_of(job) for job in own.select_related("file", "owner")[:MOST_JOBS]]
