"""Which backups to keep: the newest of each of the last days, weeks and months."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from .errors import BackupError
from .making import NAME
from .manifest import MANIFEST

PATTERN = re.compile(r"lusong-\d{8}-\d{6}")


@dataclass(frozen=True)
class Retention:
    """How many days, weeks and months keep a backup each; those without one do not count."""

    days: int = 14
    weeks: int = 8
    months: int = 24


def retention_from(text: str) -> Retention:
    """`14,8,24`: days, weeks, months.

    Raises:
        BackupError: it is something else, or would keep nothing.
    """
    parts = text.split(",")
    if len(parts) != 3 or not all(part.strip().isdigit() for part in parts) or not any(map(int, parts)):
        raise BackupError(
            "--keep takes three numbers: days, weeks and months that keep a backup, such as 14,8,24."
        )
    return Retention(*map(int, parts))


def kept(moments: Iterable[dt.datetime], rule: Retention) -> set[dt.datetime]:
    """The moments to keep; the newest one always is."""
    newest_first = sorted(moments, reverse=True)
    groups: tuple[tuple[int, Callable[[dt.datetime], tuple[int, ...]]], ...] = (
        (rule.days, lambda moment: (moment.year, moment.month, moment.day)),
        (rule.weeks, lambda moment: tuple(moment.isocalendar()[:2])),
        (rule.months, lambda moment: (moment.year, moment.month)),
    )
    found = set(newest_first[:1])
    for number, group in groups:
        newest = {group(moment): moment for moment in reversed(newest_first)}
        found.update(sorted(newest.values(), reverse=True)[:number])
    return found


def prune(folder: Path, rule: Retention) -> list[str]:
    """Deletes the finished backups that the rule does not keep; returns their names."""
    there = {
        dt.datetime.strptime(path.name, NAME).replace(tzinfo=dt.UTC): path
        for path in folder.iterdir()
        if PATTERN.fullmatch(path.name) and (path / MANIFEST).is_file()
    }
    keep = kept(there, rule)
    gone = [path for moment, path in sorted(there.items()) if moment not in keep]
    for path in gone:
        shutil.rmtree(path)
    return [path.name for path in gone]
