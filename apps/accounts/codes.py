"""One-time reset codes as text: pure."""

from __future__ import annotations

import secrets
import unicodedata

# Without 0 O 1 I L U V: nothing that reads alike, on paper or on the telephone.
ALPHABET = "ABCDEFGHJKMNPQRSTWXYZ23456789"
LENGTH = 8


def new_code() -> str:
    """Return eight random characters."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(code: str) -> str:
    """Return the code in two groups of four."""
    return f"{code[:4]}-{code[4:]}"


def normalised(typed: str) -> str:
    """Return what was typed in capitals, without full-width forms, blanks and hyphens."""
    folded = unicodedata.normalize("NFKC", typed).upper()
    return "".join(character for character in folded if character.isascii() and character.isalnum())
