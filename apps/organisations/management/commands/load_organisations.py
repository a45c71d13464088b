from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from apps.core.loading import Problems, Report
from apps.organisations import loading

DEFAULT_PATH = Path(settings.BASE_DIR) / "fixtures" / "organisations" / "430203.yaml"


class Command(BaseCommand):
    help = "Load a district's region tree and offices; running it again changes only what differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--path", type=Path, default=DEFAULT_PATH)
        parser.add_argument("--check", action="store_true", help="only look for mistakes")

    def handle(self, *, path: Path, check: bool, **options: Any) -> None:
        problems, report = Problems(), Report()
        bundle = loading.read(path, problems)
        if problems.found:
            sentences = "\n".join(map(str, problems.found))
            raise CommandError(_("Nothing was loaded.") + "\n" + sentences)
        if check:
            self.stdout.write(_("No mistakes found."))
            return
        loading.apply(bundle, report)
        for sentence in report.sentences():
            self.stdout.write(sentence)
