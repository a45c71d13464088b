"""manifest.json: what a backup holds, by which it is verified."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .contents import Contents, Table
from .errors import BackupError
from .files import Copied

FORMAT = 1
MANIFEST = "manifest.json"
SEAL = "manifest.sha256"
DUMP = "database.dump"
FILES = "files"


@dataclass(frozen=True)
class Manifest:
    """Everything that is known of a backup without opening it.

    `made_at` is ISO 8601 in UTC; `postgres` the server's major version, `programs` that of pg_dump.
    `missing` are files that rows refer to and that were not there when the backup was made.
    """

    made_at: str
    postgres: int
    programs: int
    database: Copied
    contents: Contents
    migrations: dict[str, list[str]]
    files: dict[str, Copied]
    missing: list[str] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """Writes the manifest and, beside it, its own SHA-256."""
        text = json.dumps({"format": FORMAT} | asdict(self), ensure_ascii=False, indent=1, sort_keys=True)
        (folder / MANIFEST).write_text(text, encoding="utf-8")
        (folder / SEAL).write_text(f"{_sha256(text)}  {MANIFEST}\n", encoding="utf-8")


def read(folder: Path) -> Manifest:
    """Reads a backup's manifest.

    Raises:
        BackupError: the folder holds no backup, an unfinished or an altered one.
    """
    try:
        text = (folder / MANIFEST).read_text(encoding="utf-8")
        seal = (folder / SEAL).read_text(encoding="utf-8").split()[0]
    except (OSError, IndexError):
        raise BackupError(f"{folder} is no backup: it has no {MANIFEST} with its {SEAL}.") from None
    if _sha256(text) != seal:
        raise BackupError(f"{folder / MANIFEST} was altered or damaged: take another copy of this backup.")
    said: dict[str, Any] = json.loads(text)
    if (number := said.pop("format", None)) != FORMAT:
        raise BackupError(
            f"This backup has format {number}; this version of the platform reads {FORMAT}. "
            "Restore it with the version that made it."
        )
    return Manifest(
        **said
        | {
            "database": Copied(**said["database"]),
            "files": {name: Copied(**one) for name, one in said["files"].items()},
            "contents": Contents(
                {name: Table(**one) for name, one in said["contents"]["tables"].items()},
                said["contents"]["parts"],
            ),
        }
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
