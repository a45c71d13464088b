"""Text of a figure as Plotly shows it literally: pure.

Plotly reads <b>, <a href>, <br> and others in any text. A name with such marks has to stand there as it is,
and a link in it must not become one. Only the line breaks that figures set themselves stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BREAK = "<br>"
# Formats that figures write themselves; what a person typed only comes into them by %{...}.
OWN = frozenset({"hovertemplate", "type", "mode", "fillcolor", "color", "path"})


def literal(figure: Any, key: str = "") -> Any:
    """Return the figure {data, layout} with every text safe, as a new one."""
    if isinstance(figure, str):
        return figure if key in OWN else literal_text(figure)
    if isinstance(figure, Mapping):
        return {name: literal(value, name) for name, value in figure.items()}
    if isinstance(figure, list | tuple):
        return [literal(value, key) for value in figure]
    return figure


def literal_text(text: str) -> str:
    """Return text whose marks are shown instead of read; line breaks stay."""
    parts = (
        part.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for part in text.split(BREAK)
    )
    return BREAK.join(parts)
