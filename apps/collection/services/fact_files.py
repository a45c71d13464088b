"""Files that were taken over: the same one is not taken a second time."""

from __future__ import annotations

import hashlib

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.errors import WorkflowError
from apps.collection.models import Period, Submission, WorkbookUpload


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def taken_before(
    sha256: str, *, period: Period, submission: Submission | None = None
) -> WorkbookUpload | None:
    """Return when this very file was taken over into a return, or (without one) for many organisations."""
    uploads = WorkbookUpload.objects.filter(period=period, submission=submission, sha256=sha256)
    return uploads.select_related("uploaded_by").first()


def file_taken(
    *,
    sha256: str,
    name: str,
    n_saved: int,
    n_refused: int,
    by: User,
    period: Period,
    submission: Submission | None = None,
) -> WorkbookUpload:
    """Note that a file was taken over; call it in the transaction that does so.

    Raises:
        WorkflowError: this very file was taken over before.
    """
    upload, is_new = WorkbookUpload.objects.get_or_create(
        period=period,
        submission=submission,
        sha256=sha256,
        defaults={
            "original_name": name[-200:],
            "n_saved": n_saved,
            "n_refused": n_refused,
            "uploaded_by": by,
        },
    )
    if not is_new:
        raise WorkflowError(_("This very file was taken over before. Nothing was changed."))
    return upload


def taken_text(upload: WorkbookUpload) -> str:
    """Return when, by whom and with what the same file was taken over before."""
    text = _(
        "This very file was taken over by %(who)s on %(when)s (%(count)s figures). Nothing is changed by"
        " taking it over again; if you have corrected something, choose the corrected file."
    )
    when = timezone.localtime(upload.uploaded_at).strftime("%Y-%m-%d %H:%M")
    return text % {"who": upload.uploaded_by.name, "when": when, "count": upload.n_saved}
