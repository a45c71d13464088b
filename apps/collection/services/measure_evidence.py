"""Files that support what an office says of a measure; under the same checks as those of a return."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.accounts.models import User
from apps.collection.evidence.examining import examine
from apps.collection.evidence.storing import facts_of, store
from apps.collection.services.kept_files import file_let_go
from apps.plans.enums import MeasureStatus
from apps.plans.measures.models import MeasureEvidence
from apps.plans.measures.permissions import reports_measure
from apps.plans.measures.services import locked, refuse_unless_in_hand
from apps.plans.models import Measure


def measure_evidence_add(*, measure: Measure, upload: UploadedFile, by: User) -> MeasureEvidence:
    """Keep a file with a measure that its lead office has in hand. The same file twice is kept once.

    Raises:
        PermissionDenied: `by` does not belong to the lead office.
        ValidationError: the measure is reported, closed or cancelled.
        WorkflowError: the file is refused (see `evidence.examining`).
    """
    if not reports_measure(by, measure):
        raise PermissionDenied
    examined = examine(upload, may_wait=True)
    with transaction.atomic():
        current = locked(measure)
        if not reports_measure(by, current):
            raise PermissionDenied
        refuse_unless_in_hand(current)
        existing = current.evidence.filter(sha256=examined.sha256, erased_at=None).first()
        if existing is not None:
            return existing
        evidence = MeasureEvidence(measure=current, uploaded_by=by, **facts_of(examined))
        store(evidence, examined)
    return evidence


@transaction.atomic
def measure_evidence_remove(*, evidence: MeasureEvidence, by: User) -> None:
    """Take a file away from a measure that its lead office has in hand.

    Of one that the measure was reported with, the content goes and the row stays, as in a return.

    Raises:
        PermissionDenied: `by` does not belong to the lead office.
        ValidationError: the measure is reported, closed or cancelled.
    """
    current = locked(evidence.measure)
    if not reports_measure(by, current):
        raise PermissionDenied
    refuse_unless_in_hand(current)
    reports = current.updates.filter(to_status=MeasureStatus.COMPLETED, at__gt=evidence.uploaded_at)
    file_let_go(kept=evidence, by=by, was_shown=reports.exists())
