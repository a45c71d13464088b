from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from lusong_edu.backup import BackupError, restore
from lusong_edu.backup.server import Server

from .backup import add_database_url


class Command(BaseCommand):
    help = "Restore a backup into the configured database and upload folder, and compare every table."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="BACKUP")
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="there is data: put it aside under another name, once the backup is restored beside it",
        )
        add_database_url(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        connections.close_all()
        try:
            done = restore(
                options["folder"].resolve(),
                server=Server.configured(options["database_url"]),
                overwrite=options["overwrite"],
            )
        except BackupError as error:
            raise CommandError(str(error)) from error
        contents = done.manifest.contents
        self.stdout.write(f"Restored the backup of {done.manifest.made_at}: {contents.rows} rows in")
        self.stdout.write(f"  {len(contents.tables)} tables, all the same; {len(done.manifest.files)} files.")
        if done.old_database:
            self.stdout.write(f"The old database is kept as {done.old_database}; drop it when all is well.")
        if done.old_files:
            self.stdout.write(f"The old files are kept in {done.old_files}.")
        self.stdout.write("Now run: manage.py migrate, then manage.py check --deploy, then start everything.")
