"""Office files as archives: opened only within limits, without macros, scripts or entity tricks. Pure.

Every size is checked twice: as the archive declares it before anything is unpacked, and while unpacking.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO
from xml.etree import ElementTree  # see `parsed`  # nosec B405

MOST_PARTS = 2000
MOST_BYTES = 120 * 1024 * 1024
MOST_PART_BYTES = 60 * 1024 * 1024
MOST_RATIO = 200
RATIO_FROM = 1024 * 1024
DEEPEST = 2
CHUNK = 64 * 1024
ZIP_HEAD = b"PK\x03\x04"
OLE_HEAD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENTITY = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
ACTIVE = re.compile(
    r"vbaproject\.bin$|vbadata\.xml$|activex/|macrosheets/|\.(exe|dll|js|vbs|bat|cmd|hta|ps1|lnk)$", re.I
)
MACRO_TYPE = re.compile(rb"macroEnabled|ms-office\.vbaProject", re.IGNORECASE)
OPENS_BY_ITSELF = re.compile(rb"attachedTemplate|oleObject|/frame\b", re.IGNORECASE)


class Unsafe(ValueError):
    """The archive is not opened; `code` says why in a word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SafeArchive:
    """An archive whose parts can be read; making one checks all of it.

    Raises:
        Unsafe: damaged, encrypted, a bomb, or active.
    """

    def __init__(self, file: IO[bytes], *, depth: int = 1) -> None:
        self.depth = depth
        self.unpacked = 0
        try:
            self.archive = zipfile.ZipFile(file)
            self.infos = self.archive.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise Unsafe("damaged") from error
        self.names = {info.filename for info in self.infos}
        _check_declared(self.infos)

    def check_contents(self) -> None:
        """Unpack every part once within the limits and look for what may not be inside."""
        for info in self.infos:
            if ACTIVE.search(info.filename):
                raise Unsafe("macros")
            content = self.read(info)
            _check_part(info.filename, content)
            if content.startswith(ZIP_HEAD):
                self._check_nested(content)

    def read(self, info: zipfile.ZipInfo | str) -> bytes:
        """Return one part, counting what was unpacked so far."""
        parts: list[bytes] = []
        size = 0
        try:
            with self.archive.open(info) as part:
                while chunk := part.read(CHUNK):
                    size += len(chunk)
                    self.unpacked += len(chunk)
                    if size > MOST_PART_BYTES or self.unpacked > MOST_BYTES:
                        raise Unsafe("bomb")
                    parts.append(chunk)
        except Unsafe:
            raise
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
            raise Unsafe("damaged") from error
        except RuntimeError as error:
            raise Unsafe("encrypted") from error
        return b"".join(parts)

    def texts(self, pattern: re.Pattern[str]) -> Iterator[tuple[str, ElementTree.Element]]:
        """Yield the XML parts whose names match, parsed, in the order of their names."""
        for name in sorted(name for name in self.names if pattern.search(name)):
            self.unpacked = 0
            yield name, parsed(self.read(name))

    def _check_nested(self, content: bytes) -> None:
        """Charts bring their own workbooks along; an archive in an archive in an archive is a trick."""
        if self.depth >= DEEPEST:
            raise Unsafe("bomb")
        inner = SafeArchive(io.BytesIO(content), depth=self.depth + 1)
        inner.unpacked = self.unpacked
        inner.check_contents()
        self.unpacked = inner.unpacked


def parsed(content: bytes) -> ElementTree.Element:
    """Return an XML part as a tree; one that declares entities is never given to the parser."""
    _refuse_entities(content)
    try:
        return ElementTree.fromstring(content)  # noqa: S314 (no document type is left)  # nosec B314
    except (ElementTree.ParseError, ValueError) as error:
        raise Unsafe("damaged") from error


def _check_declared(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > MOST_PARTS:
        raise Unsafe("bomb")
    if sum(info.file_size for info in infos) > MOST_BYTES:
        raise Unsafe("bomb")
    for info in infos:
        if info.flag_bits & 0x1:
            raise Unsafe("encrypted")
        if info.file_size > RATIO_FROM and info.file_size > MOST_RATIO * max(info.compress_size, 1):
            raise Unsafe("bomb")
        if ".." in info.filename.replace("\\", "/").split("/") or info.filename.startswith(("/", "\\")):
            raise Unsafe("damaged")


def _check_part(name: str, content: bytes) -> None:
    if name == "[Content_Types].xml" and MACRO_TYPE.search(content):
        raise Unsafe("macros")
    if name.endswith((".xml", ".rels", ".vml")):
        _refuse_entities(content)
    if name.endswith(".rels"):
        for link in re.findall(rb"<[^>]*Relationship\b[^>]*>", content):
            if b'"External"' in link and OPENS_BY_ITSELF.search(link):
                raise Unsafe("active")
    if content.startswith(OLE_HEAD) and "embeddings/" in name.lower():
        raise Unsafe("active")


def _refuse_entities(content: bytes) -> None:
    """Office never writes a document type; in UTF-16 the letters have zero bytes between them."""
    if ENTITY.search(content) or ENTITY.search(content.replace(b"\x00", b"")):
        raise Unsafe("active")
