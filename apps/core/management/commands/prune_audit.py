"""Remove audit rows that are older than AUDIT_RETENTION_DAYS."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from apps.core.audit import pruning


class Command(BaseCommand):
    help = (
        "Removes rows of the audit and the security log older than AUDIT_RETENTION_DAYS, as the owner of the"
        " tables, and writes what went beside the fingerprints. Without --remove it only says what would go."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--remove", action="store_true", help="remove them; without it nothing changes")

    def handle(self, *args: Any, **options: Any) -> None:
        before = pruning.boundary()
        self.stdout.write(f"Kept for {settings.AUDIT_RETENTION_DAYS} days: everything from {before} on.")
        if not options["remove"]:
            self._tell(pruning.over(before))
            self.stdout.write("Nothing was removed: this was a look. Add --remove to remove them.")
            return
        try:
            found, path = pruning.prune(before)
        except pruning.Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        except (Error, OSError) as error:
            raise CommandError(f"Nothing was removed: {error}") from error
        self._tell(found)
        self.stdout.write(f"Removed, recorded in {path}." if path else "Nothing is old enough.")

    def _tell(self, found: list[pruning.Over]) -> None:
        for one in found:
            self.stdout.write(f"{one.table}: {one.rows} rows before {one.before}")
