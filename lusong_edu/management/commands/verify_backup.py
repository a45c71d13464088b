from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core import heartbeats
from lusong_edu.backup import BackupError, verify
from lusong_edu.backup.server import Server

from .backup import add_database_url, note


class Command(BaseCommand):
    help = "Check every checksum of a backup, restore it into a scratch database and compare every table."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="BACKUP")
        add_database_url(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            known = verify(options["folder"].resolve(), server=Server.configured(options["database_url"]))
        except BackupError as error:
            raise CommandError(str(error)) from error
        tables = known.contents.tables
        self.stdout.write(f"{options['folder']} of {known.made_at} is good.")
        self.stdout.write(f"  restored and compared: {known.contents.rows} rows in {len(tables)} tables")
        for name, table in sorted(tables.items(), key=lambda item: -item[1].rows)[:10]:
            self.stdout.write(f"    {name}: {table.rows} rows, checksum {table.checksum}")
        self.stdout.write(f"  {len(known.files)} files with their SHA-256")
        for name in known.missing:
            self.stdout.write(self.style.WARNING(f"  was missing already when it was made: {name}"))
        note(heartbeats.BACKUP_VERIFIED, tables=len(tables))
