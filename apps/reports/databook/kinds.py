"""The data book as people ask for it: of the district, an area or an office; and of one school."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.reports.databook.forms import PartForm, checked
from apps.reports.jobs.registry import BuildRequest, BuiltFile, Progress, report
from apps.reports.jobs.releases import SchoolReleaseForm, edition_for, release_audience, release_sha256

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@report(
    "data-book",
    label=gettext_lazy("Data book (Excel)"),
    description=gettext_lazy(
        "Every figure of a release: one sheet an area with charts, definitions, sources, measures, schools."
    ),
    form=PartForm,
    audience=release_audience,
    source=release_sha256,
)
def data_book(request: BuildRequest, progress: Progress) -> BuiltFile:
    """Make the data book of a release or of a part of it."""
    return _book(request, progress)


@report(
    "school-data-book",
    label=gettext_lazy("Data book of one school (Excel)"),
    description=gettext_lazy("A school's own figures of a release beside those of the district."),
    form=SchoolReleaseForm,
    audience=release_audience,
    source=release_sha256,
)
def school_data_book(request: BuildRequest, progress: Progress) -> BuiltFile:
    """Make the data book of one school."""
    return _book(request, progress)


def _book(request: BuildRequest, progress: Progress) -> BuiltFile:
    from apps.reports.databook.book import databook_bytes
    from apps.reports.databook.parts import WHOLE, Excerpt

    progress.stage(_("Reading the release"), 0, 1)
    edition = edition_for(request)
    part = checked(edition, request.parameters)
    content = databook_bytes(edition, part, told=progress.stage)
    called = _("Data book")
    whole = f"{edition.year}-Q{edition.quarter}-v{edition.version}-{called}"
    name = whole if part == WHOLE else f"{whole}-{Excerpt(edition, part).name}"
    return BuiltFile(f"{name.replace('/', '-')}.xlsx", content, XLSX)
