"""The fonts of official documents by name, and what stands in for them where they are not installed.

小标宋 and 仿宋_GB2312 are licensed: they are named, never shipped. Word takes the alternatives of the file's
font table; LibreOffice takes those of the fontconfig rules that the worker converts with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.reports.paper.oxml import NAMESPACES


@dataclass(frozen=True)
class Font:
    """A font with those that may stand in for it, the nearest first."""

    name: str
    alternatives: Sequence[str]


TITLE = Font(
    "方正小标宋简体", ("方正小标宋_GBK", "FZXiaoBiaoSong-B05S", "华文中宋", "Noto Serif CJK SC", "宋体")
)
BODY = Font("仿宋_GB2312", ("仿宋", "FangSong", "华文仿宋", "Noto Serif CJK SC"))
BLACK = Font("黑体", ("SimHei", "华文黑体", "Noto Sans CJK SC"))
SCRIPT = Font("楷体_GB2312", ("楷体", "KaiTi", "华文楷体", "Noto Serif CJK SC"))
SONG = Font("宋体", ("SimSun", "NSimSun", "Noto Serif CJK SC"))
# Western letters and digits; Liberation Serif has the same widths.
LATIN = Font("Times New Roman", ("Liberation Serif",))
ALL = (TITLE, BODY, BLACK, SCRIPT, SONG, LATIN)


def font_table() -> str:
    """Return the font table of a document: each font with the names that may stand in for it."""
    fonts = "".join(
        f'<w:font w:name="{font.name}"><w:altName w:val="{",".join(font.alternatives)}"/>'
        f'<w:charset w:val="{"00" if font is LATIN else "86"}"/></w:font>'
        for font in ALL
    )
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {NAMESPACES}>{fonts}</w:fonts>'


def fontconfig_rules() -> str:
    """Return fontconfig's configuration in which the same names stand in, on top of the machine's own.

    A program that is started with FONTCONFIG_FILE naming such a file draws every character.
    """
    aliases = "".join(
        f'<alias binding="same"><family>{font.name}</family><prefer>'
        + "".join(f"<family>{name}</family>" for name in font.alternatives)
        + "</prefer></alias>"
        for font in ALL
    )
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include>{aliases}</fontconfig>'
    )
