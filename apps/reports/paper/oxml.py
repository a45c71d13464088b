"""Pieces of WordprocessingML as text."""

from __future__ import annotations

import re
from typing import Any

from docx.oxml import parse_xml

UNREADABLE = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\ufffe\uffff]")
NAMESPACES = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def legible(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return UNREADABLE.sub("", text)


def element(text: str) -> Any:
    """Return the element that a piece of XML with the prefix w describes."""
    name_end = min(place for place in (text.find(" "), text.find(">"), text.find("/>")) if place > 0)
    return parse_xml(f"{text[:name_end]} {NAMESPACES}{text[name_end:]}")
