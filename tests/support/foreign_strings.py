"""The strings of the administration's theme, which comes without any translation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import unfold

from apps.core.catalogues import _strings

THEME = Path(unfold.__file__).parent
# Pages and parts that are not used here.
UNUSED = ("auth/user", "constance", "guardian", "simple_history", "location_field")


def theme_strings() -> Iterator[str]:
    """Yield every message of the theme's templates and modules (the singular of those with a plural)."""
    paths = [*THEME.rglob("*.html"), *THEME.rglob("*.py")]
    for path in sorted(paths):
        if any(part in path.as_posix() for part in UNUSED):
            continue
        for _line, message, _comments, _context in _strings(path):
            yield message[0] if isinstance(message, tuple) else message
