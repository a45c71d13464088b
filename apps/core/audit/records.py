"""What was removed from the audit when its time was over: a file beside the fingerprints for each removal.

The daily fingerprints of removed days stay, and the day on which something was removed holds its record's own
fingerprint in its chain: a record that is made up, altered or taken away shows, and so does a row removed
without one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings


def files() -> list[Path]:
    """Return the records, by the day on which they were made and their order on it."""
    return sorted(Path(settings.AUDIT_DIGEST_DIR).glob("pruned-????-??-??-??.json"))


def day_of(path: Path) -> dt.date:
    return dt.date.fromisoformat(path.stem[7:17])


def last_fingerprint(day: dt.date) -> str:
    """Return the fingerprint of the last record made until the end of `day`; empty: there was none."""
    found = [path for path in files() if day_of(path) <= day]
    return hashlib.sha256(found[-1].read_bytes()).hexdigest() if found else ""


def kept_from() -> dict[str, dt.date]:
    """Return for each table the day from which on its rows must still be there; absent: all of them."""
    found: dict[str, dt.date] = {}
    for path in files():
        for table, told in json.loads(path.read_text("utf-8"))["tables"].items():
            before = dt.date.fromisoformat(told["before"])
            found[table] = max(before, found.get(table, before))
    return found


def record_write(*, on: dt.date, content: dict[str, Any]) -> Path:
    """Write a record once and for all."""
    here = Path(settings.AUDIT_DIGEST_DIR)
    number = sum(day_of(path) == on for path in files()) + 1
    path = here / f"pruned-{on.isoformat()}-{number:02d}.json"
    write_once(path, content)
    return path


def write_once(path: Path, content: dict[str, Any]) -> None:
    """Write a file complete or not at all, for reading only, and never over another.

    Raises:
        FileExistsError: it is there already.
    """
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", "utf-8")
    os.chmod(unfinished, 0o440)
    try:
        os.link(unfinished, path)
    finally:
        unfinished.unlink()
