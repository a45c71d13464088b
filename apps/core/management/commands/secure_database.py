"""Give the application a database role of its own, which cannot migrate and cannot touch the audit."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from apps.core.audit.roles import secure

PASSWORD = "LUSONG_APPLICATION_PASSWORD"  # noqa: S105  (the variable's name)  # nosec B105


class Command(BaseCommand):
    help = (
        "Run as the owner of the tables, after every migrate: creates the application's role and its rights."
        f" With {PASSWORD} set the role may log in with that password."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", default="lusong_app", help="name of the role (default: lusong_app)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = secure(role=options["role"], password=os.environ.get(PASSWORD))
        except Error as error:
            raise CommandError(
                f"The rights could not be set, nothing was changed: {error}"
                "Run this with the DATABASE_URL of the tables' owner, which must be allowed to create roles."
            ) from error
        if options["verbosity"] > 1:
            self.stdout.write("\n".join(f"{statement};" for statement in done))
        self.stdout.write(f"{options['role']}: reads and writes rows, owns nothing, cannot touch the audit.")
