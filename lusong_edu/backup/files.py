"""The files beside the database: copied, never linked, each with its SHA-256."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PIECE = 1 << 20


@dataclass(frozen=True)
class Copied:
    """Size in bytes and SHA-256 of a file."""

    size: int
    sha256: str


def names_in(folder: Path) -> Iterator[str]:
    """Names of all files below a folder, relative to it, in order."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    yield from (path.relative_to(folder).as_posix() for path in found)


def copy_new(source: Path, target: Path, known: dict[str, Copied]) -> None:
    """Copies what is not `known` yet and adds it; a file that goes meanwhile was meant to go."""
    for name in names_in(source):
        if name not in known:
            try:
                known[name] = copy(source / name, target / name)
            except FileNotFoundError:
                (target / name).unlink(missing_ok=True)


def copy(source: Path, target: Path) -> Copied:
    """Copies one file to disk (fsync) and returns what was written."""
    found = hashlib.sha256()
    size = 0
    with source.open("rb") as reader:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as writer:
            while piece := reader.read(PIECE):
                writer.write(piece)
                found.update(piece)
                size += len(piece)
            writer.flush()
            os.fsync(writer.fileno())
    shutil.copymode(source, target)
    return Copied(size, found.hexdigest())


def measure(path: Path) -> Copied:
    """Size and SHA-256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as reader:
        while piece := reader.read(PIECE):
            found.update(piece)
    return Copied(path.stat().st_size, found.hexdigest())
