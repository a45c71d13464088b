"""Files that support what an office says of a measure; under the same checks as those of a return."""

from __future__ import annotations

from pathlib import PurePath

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.accounts.models import User
from apps.collection.evidence_types import EXTENSIONS
from apps.collection.services.evidence import checked_type, sha256_of
from apps.plans.measures.models import MeasureEvidence
from apps.plans.measures.permissions import reports_measure
from apps.plans.measures.services import locked, refuse_unless_in_hand
from apps.plans.models import Measure


@transaction.atomic
def measure_evidence_add(*, measure: Measure, upload: UploadedFile, by: User) -> MeasureEvidence:
    """Keep a file with a measure that its lead office has in hand. The same file twice is kept once.

    Raises:
        PermissionDenied: `by` does not belong to the lead office.
        ValidationError: the measure is reported, closed or cancelled.
        WorkflowError: too large, empty, or not one of the types by its content.
    """
    current = locked(measure)
    if not reports_measure(by, current):
        raise PermissionDenied
    refuse_unless_in_hand(current)
    name = PurePath(upload.name or "").name[-200:]
    content_type = checked_type(upload, name)
    digest = sha256_of(upload)
    existing = current.evidence.filter(sha256=digest).first()
    if existing is not None:
        return existing
    evidence = MeasureEvidence(
        measure=current,
        original_name=name,
        content_type=content_type,
        size=upload.size or 0,
        sha256=digest,
        uploaded_by=by,
    )
    evidence.file.save(f"{digest[:32]}{EXTENSIONS[content_type]}", upload, save=True)
    return evidence
