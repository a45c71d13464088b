from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.catalog import Message
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core import catalogues


class Command(BaseCommand):
    help = "Bring the Chinese message catalogues up to date with the sources, or check them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("apps", nargs="*", help="apps to update; all when none is named")
        parser.add_argument(
            "--check", action="store_true", help="change nothing; list what is wrong and exit with 1"
        )
        parser.add_argument(
            "--prune", action="store_true", help="forget translations that no source uses any more"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        base = Path(settings.BASE_DIR)
        if options["check"]:
            return self.check_catalogues(base)
        known: dict[catalogues.Key, Message] = {}
        for app in catalogues.app_names(base):
            for identity, message in catalogues.messages(catalogues.stored(base, app)).items():
                known.setdefault(identity, message)
        for app in options["apps"] or catalogues.app_names(base):
            self.update(base, app, known, prune=options["prune"])
        return None

    def check_catalogues(self, base: Path) -> None:
        found = catalogues.problems(base)
        for problem in found:
            self.stdout.write(problem)
        if found:
            raise CommandError(
                f"{len(found)} problems in the message catalogues; see manage.py update_messages"
            )

    def update(self, base: Path, app: str, known: dict[catalogues.Key, Message], *, prune: bool) -> None:
        catalogue = catalogues.merged(base, app, known)
        if prune:
            catalogue.obsolete.clear()
        strings = catalogues.messages(catalogue)
        if not strings and not catalogue.obsolete:
            return
        path = catalogues.catalogue_path(base, app)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(catalogues.written(catalogue))
        missing = [
            identity[0] for identity, message in strings.items() if not catalogues.is_translated(message)
        ]
        self.stdout.write(f"{app}: {len(strings)} strings, {len(missing)} without translation")
        for text in missing:
            self.stdout.write(f"  {text!r}")
