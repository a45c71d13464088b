"""An upload looked at before it is kept: what it is, that it is whole and harmless, that it names nobody."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from apps.collection.evidence import clamd
from apps.collection.evidence.kinds import kind_of
from apps.collection.evidence.names import clean_name
from apps.collection.evidence.refusals import FileNotTaken, PersonalDataFound
from apps.collection.evidence.scanning import look
from apps.core.archives import Unsafe
from apps.core.kept import Scan, TextCheck
from apps.core.typed import has_personal_number


@dataclass(frozen=True)
class Examined:
    """A file that may be kept: what the virus scanner said of it, how far it was searched for numbers."""

    name: str
    content_type: str
    content: bytes
    sha256: str
    scan: Scan
    text_check: TextCheck

    @property
    def size(self) -> int:
        return len(self.content)


def examine(upload: UploadedFile, *, may_wait: bool = False) -> Examined:
    """Look at an upload.

    Args:
        may_wait: while the virus scanner does not answer, the file may be kept out of reach until it does,
            where the setting EVIDENCE_WITHOUT_SCANNER says `quarantine`.

    Raises:
        FileNotTaken: empty, too large, none of the kinds, damaged, active, a bomb, infected, or not scanned.
        PersonalDataFound: it holds identity or phone numbers.
    """
    name = clean_name(upload.name or "")
    if not upload.size:
        raise FileNotTaken("empty", name=name)
    if upload.size > settings.EVIDENCE_LARGEST:
        raise FileNotTaken("too_large", name=name, limit=settings.EVIDENCE_LARGEST >> 20)
    if has_personal_number(name):
        raise FileNotTaken("name", name="…")
    upload.seek(0)
    content = upload.read()
    try:
        content_type = kind_of(content)
        scan = _scan(content, name, may_wait=may_wait)
        looked = look(content, content_type)
    except Unsafe as refusal:
        raise FileNotTaken(refusal.code, name=name) from refusal
    if looked.findings:
        raise PersonalDataFound(name, looked.findings)
    digest = hashlib.sha256(content).hexdigest()
    return Examined(clean_name(name, content_type), content_type, content, digest, scan, looked.check)


def _scan(content: bytes, name: str, *, may_wait: bool) -> Scan:
    if not clamd.is_configured():
        return Scan.NONE
    try:
        virus = clamd.virus_in(content)
    except clamd.ScannerUnavailable as error:
        if may_wait and settings.EVIDENCE_WITHOUT_SCANNER == "quarantine":
            return Scan.WAITING
        raise FileNotTaken("no_scanner", name=name) from error
    if virus:
        raise FileNotTaken("virus", name=name, virus=virus)
    return Scan.CLEAN
