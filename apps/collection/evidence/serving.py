"""Sending a kept file: as a download, or shown by the browser without anything of it being run."""

from __future__ import annotations

from django.http import FileResponse, Http404

from apps.collection.models import Evidence
from apps.core.kept import SHOWN_INLINE
from apps.plans.models import MeasureEvidence

# A PDF viewer of its own needs no right; pictures and styles are the viewer's.
POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
)


def download(found: Evidence | MeasureEvidence) -> FileResponse:
    """Return a kept file as a download that no browser runs."""
    return _response(found, as_attachment=True)


def preview(found: Evidence | MeasureEvidence) -> FileResponse:
    """Return a PDF or picture to be shown; Http404 for the other kinds."""
    if found.content_type not in SHOWN_INLINE:
        raise Http404
    return _response(found, as_attachment=False)


def _response(found: Evidence | MeasureEvidence, *, as_attachment: bool) -> FileResponse:
    response = FileResponse(
        found.file.open("rb"),
        as_attachment=as_attachment,
        filename=found.original_name,
        content_type=found.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
