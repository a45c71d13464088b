"""Pieces of WordprocessingML as text."""

from __future__ import annotations

from typing import Any

from docx.oxml import parse_xml

NAMESPACES = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def element(text: str) -> Any:
    """Return the element that a piece of XML with the prefix w describes."""
    name_end = min(place for place in (text.find(" "), text.find(">"), text.find("/>")) if place > 0)
    return parse_xml(f"{text[:name_end]} {NAMESPACES}{text[name_end:]}")
