"""The slides as people ask for them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.reports.databook.forms import PartForm, checked
from apps.reports.jobs.registry import BuildRequest, BuiltFile, Progress, report
from apps.reports.jobs.releases import edition_for, release_audience, release_sha256

PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


@report(
    "slides",
    label=gettext_lazy("Slides for the meeting (PowerPoint)"),
    description=gettext_lazy(
        "One message a slide with charts that can be edited; sources stand in the speaker's notes."
    ),
    form=PartForm,
    audience=release_audience,
    source=release_sha256,
)
def slides(request: BuildRequest, progress: Progress) -> BuiltFile:
    """Make the slides of a release or of a part of it."""
    from apps.reports.databook.parts import WHOLE, Excerpt
    from apps.reports.slides.deck import deck_bytes

    progress.stage(_("Reading the release"), 0, 1)
    edition = edition_for(request)
    part = checked(edition, request.parameters)
    content = deck_bytes(edition, part, told=progress.stage)
    called = _("Slides")
    whole = f"{edition.year}-Q{edition.quarter}-v{edition.version}-{called}"
    name = whole if part == WHOLE else f"{whole}-{Excerpt(edition, part).name}"
    return BuiltFile(f"{name.replace('/', '-')}.pptx", content, PPTX)
