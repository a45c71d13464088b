"""Files that support a return."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import PurePath

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.enums import SubmissionStatus
from apps.collection.errors import WorkflowError
from apps.collection.evidence_types import EXTENSIONS, content_type_of
from apps.collection.models import Assignment, Evidence, Submission
from apps.collection.permissions import reports_for
from apps.collection.services.locking import locked
from apps.core.typed import has_personal_number
from apps.plans.models import DataElement

LARGEST = 10 * 1024 * 1024
WRITABLE = frozenset({SubmissionStatus.DRAFT, SubmissionStatus.RETURNED, SubmissionStatus.REOPENED})


@transaction.atomic
def evidence_add(
    *, submission: Submission, upload: UploadedFile, by: User, element: DataElement | None = None
) -> Evidence:
    """Keep a file with a return that is being written. The same file twice is kept once.

    Raises:
        PermissionDenied: `by` does not report for the organisation.
        WorkflowError: not open for writing, too large, empty, or not one of the types by its content.
    """
    current = _writable(submission, by)
    name = PurePath(upload.name or "").name[-200:]
    content_type = checked_type(upload, name)
    if (
        element is not None
        and not Assignment.objects.filter(
            period=current.period, organisation=current.organisation, element=element
        ).exists()
    ):
        raise WorkflowError(_("This fact is not asked from you in this quarter."))
    digest = sha256_of(upload)
    existing = current.evidence.filter(sha256=digest).first()
    if existing is not None:
        return existing
    evidence = Evidence(
        submission=current,
        element=element,
        original_name=name,
        content_type=content_type,
        size=upload.size or 0,
        sha256=digest,
        uploaded_by=by,
    )
    evidence.file.save(f"{digest[:32]}{EXTENSIONS[content_type]}", upload, save=True)
    return evidence


@transaction.atomic
def evidence_remove(*, evidence: Evidence, by: User) -> None:
    """Take a file away from a return that is being written; one that was ever submitted stays."""
    current = _writable(evidence.submission, by)
    if current.submitted_at is not None and evidence.uploaded_at < current.submitted_at:
        raise WorkflowError(_("This file was already submitted and stays; add the right one beside it."))
    storage, path = evidence.file.storage, evidence.file.name
    evidence.delete()
    if path:
        transaction.on_commit(partial(storage.delete, path))


def _writable(submission: Submission, by: User) -> Submission:
    current = locked(submission)
    if not reports_for(by, current.organisation):
        raise PermissionDenied
    if current.status not in WRITABLE:
        raise WorkflowError(_("Files can only be changed while the return is being written."))
    return current


def checked_type(upload: UploadedFile, name: str) -> str:
    """Return the content type of an upload; WorkflowError when it may not be kept."""
    if not upload.size:
        raise WorkflowError(_("“%(name)s” is empty.") % {"name": name})
    if upload.size > LARGEST:
        raise WorkflowError(_("“%(name)s” is larger than 10 MB.") % {"name": name})
    if has_personal_number(name):
        raise WorkflowError(_("The file name holds an identity or phone number. Rename the file."))
    content_type = content_type_of(upload)
    if content_type is None:
        text = _("“%(name)s” is not a PDF, PNG, JPEG, XLSX or DOCX file (or holds macros).")
        raise WorkflowError(text % {"name": name})
    return content_type


def sha256_of(upload: UploadedFile) -> str:
    """Return the hash of an upload, read in chunks and rewound."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
