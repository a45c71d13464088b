"""The text of a PDF, read by a process with limits (`pdf_reader.py`), and how much of the file it is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.core.kept import TextCheck

READER = Path(__file__).with_name("pdf_reader.py")
SECONDS = 10.0
LEGIBLE = 0.7
UNREADABLE = frozenset({"Cc", "Cn", "Co", "Cs"})
# Digits set one by one come out with a blank between each.
SPACED = re.compile(r"(?<![0-9])(?:[0-9] ){10,}[0-9Xx](?![0-9A-Za-z])")


@dataclass(frozen=True)
class PdfPage:
    """One page: its text, and whether all there is to see on it is in that text."""

    number: int
    text: str
    is_whole: bool


@dataclass(frozen=True)
class PdfText:
    """What could be read of a PDF: the pages that have legible text, and how many there are in all."""

    pages: list[PdfPage]
    n_pages: int

    @property
    def check(self) -> TextCheck:
        if not self.pages:
            return TextCheck.NONE
        is_whole = len(self.pages) == self.n_pages and all(page.is_whole for page in self.pages)
        return TextCheck.ALL if is_whole else TextCheck.PARTLY


def pdf_text(content: bytes) -> PdfText:
    """Read a PDF; one that cannot be read within the limits is simply read less far."""
    lines = [json.loads(line) for line in _output(content).splitlines() if line.endswith(b"}")]
    if not lines:
        return PdfText([], 0)
    return PdfText(list(_legible(lines[1:])), lines[0]["pages"])


def _output(content: bytes) -> bytes:
    command = [sys.executable, "-I", str(READER)]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=SECONDS, check=False, env={}
        )
    except subprocess.TimeoutExpired as late:
        return late.stdout or b""
    return done.stdout


def _legible(lines: Iterable[dict[str, Any]]) -> Iterable[PdfPage]:
    for number, line in enumerate(lines, start=1):
        text = SPACED.sub(lambda found: found[0].replace(" ", ""), line["text"])
        if is_legible(text):
            yield PdfPage(number, text, line["whole"] and not line["pictures"])


def is_legible(text: str) -> bool:
    """Tell text from the numbers of shapes that a font without a table of characters leaves."""
    signs = [sign for sign in text if not sign.isspace()]
    legible = sum(sign != "\ufffd" and unicodedata.category(sign) not in UNREADABLE for sign in signs)
    return bool(signs) and legible >= LEGIBLE * len(signs)
