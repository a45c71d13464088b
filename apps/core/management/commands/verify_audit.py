"""Say whether the audit rows still have the fingerprints that were taken of them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.audit import digests


class Command(BaseCommand):
    help = "Compares the audit rows with the daily fingerprints outside the database (AUDIT_DIGEST_DIR)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--write", action="store_true", help="first write the fingerprints of closed days"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["write"]:
            for path in digests.digests_write():
                self.stdout.write(f"written: {path}")
        problems = digests.verify()
        for problem in problems:
            self.stderr.write(f"{problem.day or '-'}: {problem.text}")
        if problems:
            raise CommandError(f"{len(problems)} problems: the audit is not what it was.")
        self.stdout.write(f"{len(digests.files())} days compared: every audit row is as it was.")
