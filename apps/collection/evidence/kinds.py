"""What an uploaded file really is, by its content and structure; its name proves nothing. Pure."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

from apps.collection.evidence.pictures import PNG_HEAD, check_jpeg, check_pdf, check_png
from apps.core.archives import OLE_HEAD, ZIP_HEAD, SafeArchive, Unsafe

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CSV, TXT = "text/csv", "text/plain"
EXTENSIONS = {
    PDF: ".pdf",
    PNG: ".png",
    JPEG: ".jpg",
    XLSX: ".xlsx",
    DOCX: ".docx",
    CSV: ".csv",
    TXT: ".txt",
}
ACCEPTED = ".pdf,.png,.jpg,.jpeg,.xlsx,.docx,.csv,.txt"

_SIGNATURES: tuple[tuple[bytes, str, Callable[[bytes], None]], ...] = (
    (b"%PDF-", PDF, check_pdf),
    (PNG_HEAD, PNG, check_png),
    (b"\xff\xd8\xff", JPEG, check_jpeg),
)
_OFFICE_PARTS = (("xl/workbook.xml", XLSX), ("word/document.xml", DOCX))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_MARKUP = re.compile(r"^\s*(<|%PDF|\{\\rtf)|<\s*(script|html|iframe|svg|body)\b", re.IGNORECASE)
_HEAD = 1024


def kind_of(content: bytes) -> str:
    """Return the content type of a whole, harmless file.

    Raises:
        Unsafe: `kind` when it is none of those taken, else why this one is not.
    """
    for signature, content_type, check in _SIGNATURES:
        if content.startswith(signature):
            check(content)
            _refuse_second_kind(content, signature)
            return content_type
    if content.startswith(ZIP_HEAD):
        return _office_kind(content)
    if content.startswith(OLE_HEAD):
        raise Unsafe("kind")
    return _text_kind(content)


def _office_kind(content: bytes) -> str:
    if b"%PDF-" in content[:_HEAD]:
        raise Unsafe("two_kinds")
    archive = SafeArchive(io.BytesIO(content))
    found = [content_type for part, content_type in _OFFICE_PARTS if part in archive.names]
    if "[Content_Types].xml" not in archive.names or len(found) != 1:
        raise Unsafe("kind")
    archive.check_contents()
    return found[0]


def _refuse_second_kind(content: bytes, signature: bytes) -> None:
    """A file that is two things at once shows one to the check and the other to its reader."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise Unsafe("two_kinds")
    if signature != b"%PDF-" and b"%PDF-" in content[:_HEAD]:
        raise Unsafe("two_kinds")


def text_of(content: bytes) -> str | None:
    """Return a text file's text in UTF-8, UTF-16 with its mark or GB 18030; None when it is no text."""
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if _CONTROL.search(text) else text
    return None


def _text_kind(content: bytes) -> str:
    text = text_of(content)
    if text is None or not text.strip() or _MARKUP.search(text):
        raise Unsafe("kind")
    return CSV if _is_table(text) else TXT


def _is_table(text: str) -> bool:
    """A table has the same separator equally often in its first lines."""
    lines = [line for line in text.splitlines() if line.strip()][:3]
    return len(lines) > 1 and any(
        lines[0].count(sign) and len({line.count(sign) for line in lines}) == 1 for sign in ",\t;"
    )
