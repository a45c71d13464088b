"""Compiles translations with Babel, which needs no GNU gettext: python -m lusong_edu.messages."""

import os
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from .settings.environment import BASE_DIR

PATTERNS = ("apps/*/locale/*/LC_MESSAGES/*.po", "locale/*/LC_MESSAGES/*.po")


def compile_messages(base: Path = BASE_DIR) -> list[Path]:
    """Compiles every catalogue whose .mo file is missing or older; returns the ones it compiled."""
    sources = [path for pattern in PATTERNS for path in sorted(base.glob(pattern))]
    stale = [path for path in sources if _is_stale(path)]
    for path in stale:
        _compile(path)
    return stale


def _is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns


def _compile(source: Path) -> None:
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parts[-3])
    draft = source.with_suffix(f".mo.{os.getpid()}")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.replace(source.with_suffix(".mo"))


if __name__ == "__main__":
    for compiled in compile_messages():
        sys.stdout.write(f"compiled {compiled.relative_to(BASE_DIR)}\n")
