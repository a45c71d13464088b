from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connections

from apps.accounts.models import SecondFactor
from apps.accounts.security.sealing import is_readable
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
        if n_closed := second_steps_without_key():
            self.stdout.write(
                self.style.WARNING(
                    f"{n_closed} second login steps are opened by no key of LUSONG_SECOND_STEP_KEYS: add "
                    "the key of the server that was backed up, or see manage.py seal_second_steps --help."
                )
            )
        self.stdout.write("Now run: manage.py migrate, then manage.py check --deploy, then start everything.")


def second_steps_without_key() -> int:
    """Return how many accounts of the restored database have a second step that this server cannot check."""
    try:
        return sum(not is_readable(factor) for factor in SecondFactor.objects.all())
    except DatabaseError:  # tables of an earlier version, which encrypted none
        return 0
