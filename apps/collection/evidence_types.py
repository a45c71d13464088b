"""What an uploaded file really is, by its content; its name proves nothing. Pure."""

from __future__ import annotations

import zipfile
from typing import IO

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXTENSIONS = {PDF: ".pdf", PNG: ".png", JPEG: ".jpg", XLSX: ".xlsx", DOCX: ".docx"}

_SIGNATURES = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
_OFFICE_PARTS = (("xl/workbook.xml", XLSX), ("word/document.xml", DOCX))
_MACROS = "vbaproject.bin"


def content_type_of(file: IO[bytes]) -> str | None:
    """Return the content type of a PDF, PNG, JPEG, XLSX or DOCX file without macros; None for any other."""
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    for signature, content_type in _SIGNATURES:
        if head.startswith(signature):
            return content_type
    return _office_type(file) if head.startswith(b"PK\x03\x04") else None


def _office_type(file: IO[bytes]) -> str | None:
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return None
    finally:
        file.seek(0)
    if "[Content_Types].xml" not in names or any(name.lower().endswith(_MACROS) for name in names):
        return None
    return next((content_type for part, content_type in _OFFICE_PARTS if part in names), None)
