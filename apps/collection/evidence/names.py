"""The name that a file is shown and sent under: people's own, without what harms. Pure."""

from __future__ import annotations

import re
import unicodedata

from apps.collection.evidence.kinds import CSV, EXTENSIONS, JPEG, TXT

LONGEST = 150
FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
EQUALS = {JPEG: (".jpg", ".jpeg"), CSV: (".csv", ".txt"), TXT: (".txt", ".csv")}


def clean_name(name: str, content_type: str = "") -> str:
    """Return the last part of a name, without control and direction signs, ending as its content says."""
    last = re.split(r"[\\/]", name)[-1]
    visible = "".join(sign for sign in last if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co"))
    plain = FORBIDDEN.sub("_", visible).strip().lstrip(".") or "file"
    endings = EQUALS.get(content_type) or ((EXTENSIONS[content_type],) if content_type else ())
    if not endings:
        return plain[-LONGEST:]
    ending = next((each for each in endings if plain.lower().endswith(each)), "")
    stem = plain[: len(plain) - len(ending)] if ending else plain
    return f"{stem[:LONGEST]}{ending or endings[0]}"
