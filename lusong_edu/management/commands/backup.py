from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from apps.core import heartbeats
from lusong_edu.backup import BackupError, backup_make, verify
from lusong_edu.backup.retention import prune, retention_from
from lusong_edu.backup.server import Server
from lusong_edu.settings.environment import env


class Command(BaseCommand):
    help = "Back up database and files into a new folder below DIR, while people work."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument(
            "--verify", action="store_true", help="restore it into a scratch database at once"
        )
        parser.add_argument(
            "--keep",
            metavar="DAYS,WEEKS,MONTHS",
            help="then delete older backups, but for the newest of so many days, weeks and months (14,8,24)",
        )
        add_database_url(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        try:
            rule = retention_from(options["keep"]) if options["keep"] else None
            server = Server.configured(options["database_url"])
            folder, made = backup_make(options["folder"].resolve(), server=server)
            if options["verify"]:
                verify(folder, server=server)
            gone = prune(folder.parent, rule) if rule else []
        except BackupError as error:
            raise CommandError(str(error)) from error
        seconds = time.monotonic() - begun
        size = made.database.size + sum(one.size for one in made.files.values())
        self.stdout.write(f"{folder}: {made.contents.rows} rows in {len(made.contents.tables)} tables,")
        self.stdout.write(f"  {len(made.files)} files, {size / 1e6:.1f} MB, {seconds:.1f} s")
        for name in made.missing:
            self.stdout.write(self.style.WARNING(f"  missing already when it began: {name}"))
        for name in gone:
            self.stdout.write(f"  deleted {name}")
        if options["verify"]:
            self.stdout.write("  verified: restored into a scratch database, every table is the same")
        note(
            heartbeats.BACKUP,
            verified=int(options["verify"]),
            megabytes=round(size / 1e6),
            seconds=round(seconds),
        )
        if options["verify"]:
            note(heartbeats.BACKUP_VERIFIED, tables=len(made.contents.tables))


def add_database_url(parser: CommandParser) -> None:
    parser.add_argument(
        "--database-url",
        default=env.str("LUSONG_ADMIN_DATABASE_URL", default=""),
        help="an account that may read everything and create databases (default: LUSONG_ADMIN_DATABASE_URL, "
        "else the platform's own)",
    )


def note(name: str, **detail: int | str) -> None:
    """Leaves a sign for the operations page; a backup is good without it, too."""
    try:
        heartbeats.beat(name, **detail)
    except DatabaseError:
        return
