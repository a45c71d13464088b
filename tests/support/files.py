"""Small real files for the tests of uploads: whole ones, and what somebody might try."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import xlsxwriter

from apps.demo.evidence import tiny_pdf

PDF = tiny_pdf(["Example"])
IDENTITY = "11010519491231002X"  # the example of GB 11643
MOBILE = "13800138000"
CONTENT_TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def png(width: int = 2, height: int = 2) -> bytes:
    """Return a grey picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = (b"\x00" + b"\x80" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


# A grey pixel as a baseline JPEG, written out: no library needed to make it.
JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300"
    + "01" * 64
    + "ffc0000b080001000101011100ffc40014000100000000000000000000000000000009ffc4001410010000000000"
    "0000000000000000000000ffda0008010100003f00d2cf20ffd9"
)


def archive(parts: dict[str, bytes], *, compressed: bool = True) -> bytes:
    """Return a ZIP file."""
    buffer = io.BytesIO()
    kind = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(buffer, "w", kind) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return buffer.getvalue()


def docx(*paragraphs: str, extra: dict[str, bytes] | None = None, prolog: str = "") -> bytes:
    """Return a Word file with plain paragraphs; `extra` adds parts or replaces them."""
    inner = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    body = f"<w:document {WORD}><w:body>{inner}</w:body></w:document>"
    document = f'<?xml version="1.0" encoding="UTF-8"?>{prolog}{body}'
    parts = {"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": document.encode()}
    return archive({**parts, **(extra or {})})


def header(text: str) -> dict[str, bytes]:
    return {"word/header1.xml": f"<w:hdr {WORD}><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:hdr>".encode()}


def xlsx(cells: dict[str, object], *, comments: dict[str, str] | None = None, hidden: bool = False) -> bytes:
    """Return a workbook with one sheet named 表 (and, `hidden`, the cells on a second, hidden one)."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("表")
    if hidden:
        sheet = book.add_worksheet("藏")
        sheet.hide()
    for address, value in cells.items():
        sheet.write(address, value)
    for address, text in (comments or {}).items():
        sheet.write_comment(address, text)
    book.close()
    return buffer.getvalue()


def with_parts(content: bytes, extra: dict[str, bytes]) -> bytes:
    """Return an archive with some parts added or replaced."""
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    return archive({**parts, **extra})
