from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as Migrate
from django.db import OperationalError, connections

LOCK_NOT_AVAILABLE = "55P03"
TRIES = 5


class Command(Migrate):
    """Django's own, which does not queue behind people's work and make everybody wait behind itself.

    A migration that waits for a table's lock blocks whoever comes after it. With LUSONG_LOCK_TIMEOUT
    (seconds) it gives up soon, lets people through and tries again. Each migration is a transaction of its
    own, so that it begins where it was stopped.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        for tried in range(1, TRIES + 1):
            self._limit(connection)
            try:
                super().handle(*args, **options)
                return
            except OperationalError as error:
                if getattr(error.__cause__, "pgcode", None) != LOCK_NOT_AVAILABLE:
                    raise
                self.stderr.write(f"A table is in use, which stops the migration (try {tried} of {TRIES}).")
                time.sleep(min(2**tried, 10) if tried < TRIES else 0)
            finally:
                self._unlimit(connection)
        raise CommandError(
            "The tables are too busy to be changed now. Nothing is broken: run migrate again when fewer "
            "people work, or end a transaction that has been open for long (pg_stat_activity)."
        )

    def _limit(self, connection: Any) -> None:
        if settings.MIGRATE_LOCK_SECONDS:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", [_milliseconds()])

    def _unlimit(self, connection: Any) -> None:
        if settings.MIGRATE_LOCK_SECONDS and connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = 0")


def _milliseconds() -> str:
    return str(int(settings.MIGRATE_LOCK_SECONDS * 1000))
