"""The structure of PDF, PNG and JPEG files, as far as it tells whole from broken or disguised. Pure."""

from __future__ import annotations

import re
import zlib

from apps.core.archives import Unsafe

PNG_HEAD = b"\x89PNG\r\n\x1a\n"
PDF_END = 2048
STREAM = re.compile(rb"\bstream\r?\n(.*?)endstream", re.DOTALL)
OBJECT_HEAD = 400
MOST_OBJECTS = 4 * 1024 * 1024
PDF_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)\b")
FOREIGN = re.compile(
    rb"PK\x03\x04|%PDF-|<\?xml|<!doctype|<html|<script|<svg|MZ\x90|\x7fELF|Rar!|7z\xbc\xaf", re.I
)
STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})


def check_pdf(content: bytes) -> None:
    """Refuse a PDF that is cut off, active, or has something else behind its end."""
    tail = content[-PDF_END:]
    end = tail.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in tail or not re.search(rb"\d+ \d+ obj", content):
        raise Unsafe("damaged")
    if FOREIGN.search(tail[end:]):
        raise Unsafe("two_kinds")
    names = _names(content)
    if PDF_ACTIVE.search(names):
        raise Unsafe("active")
    if b"/Encrypt" in names:
        raise Unsafe("encrypted")


def _names(content: bytes) -> bytes:
    """Return a PDF's own text: pictures left out, packed objects unpacked, `#4a` in names written out."""
    packed = [
        _inflated(found[1])
        for found in STREAM.finditer(content)
        if b"/ObjStm" in content[max(found.start() - OBJECT_HEAD, 0) : found.start()]
    ]
    text = STREAM.sub(b" ", content) + b" ".join(packed)
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), text)


def _inflated(content: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(content, MOST_OBJECTS)
    except zlib.error:
        return b""


def check_png(content: bytes) -> None:
    """Refuse a PNG whose chunks are broken or that goes on behind its last one."""
    place, seen = len(PNG_HEAD), []
    while place + 12 <= len(content):
        size = int.from_bytes(content[place : place + 4], "big")
        kind = content[place + 4 : place + 8]
        body_end = place + 8 + size
        if body_end + 4 > len(content):
            raise Unsafe("damaged")
        expected = int.from_bytes(content[body_end : body_end + 4], "big")
        if zlib.crc32(content[place + 4 : body_end]) != expected:
            raise Unsafe("damaged")
        seen.append(kind)
        place = body_end + 4
        if kind == b"IEND":
            break
    if not seen or seen[0] != b"IHDR" or seen[-1] != b"IEND" or b"IDAT" not in seen:
        raise Unsafe("damaged")
    if content[place:].strip(b"\x00\r\n"):
        raise Unsafe("two_kinds")


def check_jpeg(content: bytes) -> None:
    """Refuse a JPEG without frame, scan or end, or with another file behind its end."""
    place, has_frame = 2, False
    while place + 4 <= len(content):
        if content[place] != 0xFF:
            raise Unsafe("damaged")
        kind = content[place + 1]
        if kind == 0xFF:
            place += 1
            continue
        if kind in STANDALONE:
            place += 2
            continue
        has_frame = has_frame or (0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC))
        size = int.from_bytes(content[place + 2 : place + 4], "big")
        if size < 2:
            raise Unsafe("damaged")
        place += 2 + size
        if kind == 0xDA:
            break
    end = content.rfind(b"\xff\xd9", place)
    if not has_frame or end < 0:
        raise Unsafe("damaged")
    if FOREIGN.search(content[end + 2 :]):
        raise Unsafe("two_kinds")
