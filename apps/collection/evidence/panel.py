"""The files of a return as its form shows them, and changing them file by file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.errors import WorkflowError
from apps.collection.evidence.kinds import ACCEPTED
from apps.collection.evidence.names import clean_name
from apps.collection.models import Evidence, Period, Submission
from apps.collection.services.evidence import evidence_add, evidence_remove
from apps.core.kept import Scan
from apps.plans.models import DataElement


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file, in words."""

    is_done: bool
    text: str


@dataclass
class EvidencePanel:
    """The files of a return, what may be added, and what just happened."""

    period: Period
    submission: Submission | None
    required: Sequence[DataElement] = ()
    outcomes: Sequence[FileOutcome] = ()
    accepted = ACCEPTED

    @property
    def limit(self) -> int:
        return int(settings.EVIDENCE_LARGEST >> 20)

    @cached_property
    def files(self) -> list[Evidence]:
        return list(self.submission.evidence.for_list()) if self.submission else []

    @property
    def still_required(self) -> list[DataElement]:
        there = {file.element_id for file in self.files if file.scan != Scan.INFECTED and not file.erased_at}
        return [element for element in self.required if element.pk not in there]


def evidence_change(
    *, submission: Submission, data: Mapping[str, str], files: Any, by: User
) -> list[FileOutcome]:
    """Add each file, then remove the marked one; what is refused stops nothing else.

    Raises:
        PermissionDenied: `by` does not report for the organisation.
    """
    element = _element(data.get("belongs", ""))
    outcomes = [_add(submission, upload, element, by) for upload in files.getlist("file")]
    marked = data.get("remove", "")
    found = submission.evidence.filter(pk=int(marked)).first() if marked.isdecimal() else None
    return outcomes + ([_remove(found, by)] if found is not None else [])


def _element(sent: str) -> DataElement | None:
    return DataElement.objects.filter(pk=int(sent)).first() if sent.isdecimal() else None


def _add(submission: Submission, upload: UploadedFile, element: DataElement | None, by: User) -> FileOutcome:
    before = set(submission.evidence.values_list("pk", flat=True))
    try:
        added = evidence_add(submission=submission, upload=upload, by=by, element=element)
    except WorkflowError as error:
        return FileOutcome(False, str(error))
    if added.pk in before:
        text = _("“%(name)s” is the same file as “%(other)s”, which is here already.")
        return FileOutcome(True, text % {"name": clean_name(upload.name or ""), "other": added.original_name})
    text = _("“%(name)s” was added.") % {"name": added.original_name}
    if added.needs_eyes:
        text += _(
            "Its pictures cannot be checked automatically: make sure that they show no name, no"
            " identity number and no phone number."
        )
    return FileOutcome(True, text)


def _remove(evidence: Evidence, by: User) -> FileOutcome:
    try:
        evidence_remove(evidence=evidence, by=by)
    except WorkflowError as error:
        return FileOutcome(False, str(error))
    return FileOutcome(True, _("“%(name)s” was removed.") % {"name": evidence.original_name})
