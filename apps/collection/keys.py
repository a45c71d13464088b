"""How one fact of a return is named: element and stage, and that as the name of a form control."""

from __future__ import annotations

Key = tuple[int, str]


def key_text(key: Key) -> str:
    """Return the key as part of a control's name, e.g. `17-primary`."""
    return f"{key[0]}-{key[1]}"


def read_key(text: str) -> Key | None:
    """Return the key that `key_text` wrote, None for anything else."""
    element, dash, stage = text.partition("-")
    return (int(element), stage) if dash and element.isascii() and element.isdigit() and stage else None
