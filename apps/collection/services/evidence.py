"""Files that support a return."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.enums import SubmissionStatus
from apps.collection.errors import WorkflowError
from apps.collection.evidence.examining import examine
from apps.collection.evidence.refusals import FileNotTaken
from apps.collection.evidence.storing import facts_of, store
from apps.collection.models import Assignment, Evidence, Submission
from apps.collection.permissions import reports_for
from apps.collection.services.kept_files import file_let_go
from apps.collection.services.locking import locked
from apps.plans.models import DataElement

MOST_FILES = 40
WRITABLE = frozenset({SubmissionStatus.DRAFT, SubmissionStatus.RETURNED, SubmissionStatus.REOPENED})


def evidence_add(
    *, submission: Submission, upload: UploadedFile, by: User, element: DataElement | None = None
) -> Evidence:
    """Keep a file with a return that is being written. The same file twice is kept once.

    Raises:
        PermissionDenied: `by` does not report for the organisation.
        WorkflowError: not open for writing, or the file is refused (see `evidence.examining`).
    """
    if not reports_for(by, submission.organisation):
        raise PermissionDenied
    examined = examine(upload, may_wait=True)  # before the lock: a scanner may take its time
    with transaction.atomic():
        current = _writable(submission, by)
        _refuse_unasked(current, element)
        existing = current.evidence.filter(sha256=examined.sha256, erased_at=None).first()
        if existing is not None:
            return existing
        if current.evidence.count() >= MOST_FILES:
            raise FileNotTaken("too_many", name=examined.name, limit=MOST_FILES)
        evidence = Evidence(submission=current, element=element, uploaded_by=by, **facts_of(examined))
        store(evidence, examined)
    return evidence


def _refuse_unasked(submission: Submission, element: DataElement | None) -> None:
    if element is None:
        return
    asked = Assignment.objects.filter(
        period=submission.period,
        organisation=submission.organisation,
        element=element,
        withdrawn_on__isnull=True,
    )
    if not asked.exists():
        raise WorkflowError(_("This fact is not asked from you in this quarter."))


@transaction.atomic
def evidence_remove(*, evidence: Evidence, by: User) -> None:
    """Take a file away from a return that is being written.

    Of one that was submitted before, the content goes (it may hold what nobody may keep) and the row stays:
    its name, its hash, who erased it and when.
    """
    current = _writable(evidence.submission, by)
    was_shown = current.submitted_at is not None and evidence.uploaded_at < current.submitted_at
    file_let_go(kept=evidence, by=by, was_shown=was_shown)


def _writable(submission: Submission, by: User) -> Submission:
    current = locked(submission)
    if not reports_for(by, current.organisation):
        raise PermissionDenied
    if current.status not in WRITABLE:
        raise WorkflowError(_("Files can only be changed while the return is being written."))
    return current
