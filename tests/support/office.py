"""LibreOffice and poppler for tests that look at a finished page."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from apps.reports.paper.fonts import fontconfig_rules

needs_office = pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftotext")), reason="LibreOffice or poppler is missing"
)
WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')


@dataclass(frozen=True)
class Word:
    """A word on a page: where it stands, in points from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


def as_pdf(content: bytes, folder: Path) -> Path:
    """Convert a Word file and return the PDF."""
    (folder / "fonts.conf").write_text(fontconfig_rules(), encoding="utf-8")
    (folder / "paper.docx").write_bytes(content)
    command = [
        "soffice",
        f"-env:UserInstallation=file://{folder}/profile",
        "--headless",
        "--convert-to",
        "pdf",
    ]
    subprocess.run(
        [*command, "--outdir", str(folder), str(folder / "paper.docx")],
        env=os.environ | {"FONTCONFIG_FILE": str(folder / "fonts.conf")},
        check=True,
        capture_output=True,
        timeout=180,
    )
    return folder / "paper.pdf"


def pages_of(pdf: Path) -> list[list[Word]]:
    """Return the words of each page."""
    command = ["pdftotext", "-bbox", str(pdf), "-"]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [
        [Word(*map(float, parts[:4]), parts[4]) for parts in WORD.findall(page)]
        for page in found.split("<page ")[1:]
    ]
