"""The Chinese font of pictures: found once a process, checked glyph by glyph, so that nothing is a box."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext
from PIL import ImageFont

FOLDER = "node_modules/@embedpdf/fonts-sc/fonts"
WEIGHTS = {"regular": "NotoSansHans-Regular.otf", "bold": "NotoSansHans-Bold.otf"}
PROBE = "芦淞区教育局完成目标滞后"
# No font has a glyph for this; what is drawn for it is what is drawn for anything missing.
NOBODYS = "\U0010fffe"
# What Chinese printers set where a sort is missing.
GETA = "〓"


class FontMissingError(Exception):
    """No font of this machine has the characters; the message says what to install."""


@dataclass(frozen=True)
class Face:
    """A font file and the face within it."""

    path: str
    index: int = 0

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        """Return the face at a size in pixels."""
        return _opened(self.path, self.index, size)

    def has(self, character: str) -> bool:
        """Tell whether the face has a glyph of its own for a character."""
        return _has(self, character)


@cache
def _opened(path: str, index: int, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, index=index, layout_engine=ImageFont.Layout.BASIC)


@cache
def _has(face: Face, character: str) -> bool:
    if character.isspace():
        return True
    font = face.at(40)
    mask = font.getmask(character)
    return bytes(mask) not in (b"", bytes(font.getmask(NOBODYS)))


@cache
def faces(weight: str) -> tuple[Face, ...]:
    """Return the faces to draw with, the one that came with the front-end packages first.

    Raises:
        FontMissingError: there is no Chinese font at all.
    """
    own = Path(settings.BASE_DIR) / FOLDER / WEIGHTS[weight]
    found = [*([Face(str(own))] if own.is_file() else []), *_installed(weight)]
    usable = tuple(face for face in found if _opens(face) and all(map(face.has, PROBE)))
    if not usable:
        raise FontMissingError(
            gettext(
                "Charts cannot be drawn: this machine has no Chinese font. "
                "Run “npm ci” in the program's folder, or install the package fonts-noto-cjk."
            )
        )
    return usable


def _opens(face: Face) -> bool:
    try:
        face.at(40)
    except OSError:
        return False
    return True


def _installed(weight: str) -> list[Face]:
    """Return the machine's own fonts for simplified Chinese, as fontconfig names them; none without it."""
    program = shutil.which("fc-match")
    if program is None:
        return []
    pattern = f"sans-serif:lang=zh-cn:style={weight.capitalize()}"
    said = subprocess.run(
        [program, "--format=%{file}\t%{index}\n", "--sort", pattern],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    ).stdout
    lines = [line.split("\t") for line in said.splitlines() if line.count("\t") == 1]
    return [Face(path, int(index) & 0xFFFF) for path, index in lines if path.endswith(("ttc", "ttf", "otf"))][
        :5
    ]


def runs_of(text: str, weight: str) -> list[tuple[Face, str]]:
    """Return a text in runs of one face each; a symbol that no face has becomes a geta mark.

    Raises:
        FontMissingError: a letter or a Chinese character is in no face; it may be part of a name.
    """
    known = faces(weight)
    runs: list[tuple[Face, str]] = []
    for character in text:
        face = next((face for face in known if face.has(character)), None)
        if face is None and character.isalnum():
            raise FontMissingError(
                gettext(
                    "Charts cannot be drawn: no font of this machine has the character “%(character)s”. "
                    "Install the package fonts-noto-cjk or fonts-noto-cjk-extra."
                )
                % {"character": character}
            )
        shown = character if face else GETA
        face = face or known[0]
        if runs and runs[-1][0] == face:
            runs[-1] = (face, runs[-1][1] + shown)
        else:
            runs.append((face, shown))
    return runs


@cache
def advance(character: str, weight: str, pixels: int) -> float:
    """Return how far a character moves the pen, in pixels; the fonts are set without kerning."""
    ((face, shown),) = runs_of(character, weight)
    return face.at(pixels).getlength(shown)
