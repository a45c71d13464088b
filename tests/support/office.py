"""LibreOffice and poppler for tests that look at a finished page."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from apps.reports.pdf import pdf_available, pdf_of

# Never skipped: `make test` installs what is missing, or says what to install.
needs_office = pytest.mark.usefixtures("office")
WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')


def require_office() -> None:
    """Fail where LibreOffice or poppler is missing."""
    if not (pdf_available() and shutil.which("pdftotext")):
        pytest.fail("LibreOffice or poppler is missing; run: tools/ensure_office.sh", pytrace=False)


@dataclass(frozen=True)
class Word:
    """A word on a page: where it stands, in points from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


def as_pdf(content: bytes, folder: Path) -> Path:
    """Convert a Word file as the product does and return the PDF."""
    (folder / "paper.docx").write_bytes(content)
    (folder / "paper.pdf").write_bytes(pdf_of(content))
    return folder / "paper.pdf"


def pages_of(pdf: Path) -> list[list[Word]]:
    """Return the words of each page."""
    command = ["pdftotext", "-bbox", str(pdf), "-"]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [
        [Word(*map(float, parts[:4]), parts[4]) for parts in WORD.findall(page)]
        for page in found.split("<page ")[1:]
    ]
