"""The progress report as people ask for it: whole, of an area or an office; of one school; on one page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.reports.databook.forms import PartForm
from apps.reports.jobs.registry import BuildRequest, BuiltFile, JobFailure, Progress, report
from apps.reports.jobs.releases import (
    ReleaseForm,
    SchoolReleaseForm,
    edition_for,
    release_audience,
    release_sha256,
)

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@report(
    "progress-report",
    label=gettext_lazy("Quarterly progress report (Word)"),
    description=gettext_lazy(
        "An official document of a release: summary, every area with results, chart, what is behind and why,"
        " measures and next steps, and all indicators in an attachment."
    ),
    form=PartForm,
    audience=release_audience,
    source=release_sha256,
    has_pdf=True,
)
def progress_report(request: BuildRequest, progress: Progress) -> BuiltFile:
    """Make the report of the district, of an area or of an office."""
    from apps.reports.databook.forms import checked
    from apps.reports.progress import report as variants

    edition = _read(request, progress)
    part = checked(edition, request.parameters)

    def draft() -> variants.Draft:
        if part.area is not None:
            return variants.area_draft(edition, _by(edition.areas, "number", part.area))
        if part.office is not None:
            office = _by(edition.offices, "pk", part.office)
            return variants.office_draft(edition, office, stage=progress.stage)
        return variants.district_draft(edition, stage=progress.stage)

    return _file(edition, progress, draft)


@report(
    "school-report",
    label=gettext_lazy("Report for one school (Word)"),
    description=gettext_lazy("A school's own figures against its own line and the district's middle half."),
    form=SchoolReleaseForm,
    audience=release_audience,
    source=release_sha256,
    has_pdf=True,
)
def school_report(request: BuildRequest, progress: Progress) -> BuiltFile:
    """Make the report for one school."""
    from apps.reports.progress import report as variants

    edition = _read(request, progress)
    pk = int(request.parameters["school"])
    schools = [one for one in edition.schools if one.organisation.pk == pk]
    if not schools:
        raise JobFailure(_("This release has nothing of what was asked for."))
    return _file(edition, progress, lambda: variants.school_draft(edition, schools[0]))


@report(
    "brief",
    label=gettext_lazy("Brief on one page (Word)"),
    description=gettext_lazy(
        "The state of the plan on one page: what is behind, what is achieved, what came back."
    ),
    form=ReleaseForm,
    audience=release_audience,
    source=release_sha256,
    has_pdf=True,
)
def brief(request: BuildRequest, progress: Progress) -> BuiltFile:
    """Make the brief."""
    from apps.reports.progress import report as variants

    edition = _read(request, progress)
    return _file(edition, progress, lambda: variants.brief_draft(edition))


def _read(request: BuildRequest, progress: Progress) -> Any:
    progress.stage(_("Reading the release"), 0, 1)
    return edition_for(request)


def _by(rows: Any, field: str, value: object) -> Any:
    return next(row for row in rows if getattr(row, field) == value)


def _file(edition: Any, progress: Progress, draft: Callable[[], Any]) -> BuiltFile:
    """Draft, write and name the document."""
    from apps.reports.progress import report as variants
    from apps.reports.prose.bound import ProseError

    parts = len(edition.areas)
    try:
        name, content = variants.made(
            edition, draft, written=lambda: progress.stage(_("Writing the document"), parts, parts + 1)
        )
    except ProseError as wrong:
        words = _("The report was not made, because its text and the data disagree: %(fault)s (%(place)s).")
        raise JobFailure(words % {"fault": wrong.fault, "place": wrong.place}) from wrong
    return BuiltFile(f"{name}.docx", content, DOCX)
