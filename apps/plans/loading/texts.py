"""Cutting the published text into its areas, and finding quotes in them. Not one character is changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

HEADING = re.compile(r"(?P<number>[0-9]{1,2})[.．](?P<name>[^。\n]+)。")


@dataclass(frozen=True)
class AreaText:
    """An area's heading and its verbatim text, the heading included."""

    number: int
    name: str
    text: str


def cut_areas(text: str, *, closing: str = "") -> Mapping[int, AreaText]:
    """Return the areas of a plan's text by number.

    An area begins with a paragraph "N.name。" whose number follows the one before, and ends before the next
    one, or before the paragraph that begins with `closing`.
    """
    areas: dict[int, AreaText] = {}
    for paragraph in text.split("\n"):
        heading = HEADING.match(paragraph)
        if heading and int(heading["number"]) == len(areas) + 1:
            number = len(areas) + 1
            areas[number] = AreaText(number, heading["name"], paragraph)
        elif closing and paragraph.startswith(closing):
            break
        elif areas and paragraph:
            last = areas[len(areas)]
            areas[last.number] = AreaText(last.number, last.name, f"{last.text}\n{paragraph}")
    return areas


def locate(quote: str, text: str) -> tuple[int, int] | None:
    """Return where `quote` begins and ends in `text`, or None when it is not there word for word."""
    start = text.find(quote) if quote else -1
    return None if start < 0 else (start, start + len(quote))
