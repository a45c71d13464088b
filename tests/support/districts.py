"""Seeded districts, made once a run and then copied by PostgreSQL: a copy takes a second, a seeding forty.

The first process that asks for a stage seeds it into a database of its own, used for nothing else.
Every test process works on its own copy of it and rolls back, or takes a copy that it may spoil.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings

from apps.core import clock
from apps.demo import plan_setup, story
from apps.demo.services import seed
from apps.plans.models import TargetRevision
from tests.support import schema
from tests.support.databases import LOCK, connected_to, drop, exists, prefix, server

Decisions = Callable[[], dict[str, Any]]


@contextmanager
def district(stage: str, *, decisions: Decisions | None = None) -> Iterator[dict[str, Any]]:
    """Work inside this process's copy of the seeded district, rolled back at the end.

    Yields what the seeding said: `schools`, `accounts`, `returns`, `facts`, `proposed` (keys of the revisions
    that the published plan itself brought). `decisions`, a named function, replaces the demonstration's own.
    """
    seeding = Seeding(stage, decisions)
    name = _copy(seeding, os.environ.get("PYTEST_XDIST_WORKER", "master"))
    held = clock.held_at(story.business_date(stage))
    with connected_to(name), seeding.files(), transaction.atomic(), held:
        yield seeding.told()
        transaction.set_rollback(True)


@contextmanager
def spoilable_district(stage: str) -> Iterator[None]:
    """Work in a fresh copy, thrown away afterwards: for tests that commit."""
    seeding = Seeding(stage)
    name = _copy(seeding, uuid.uuid4().hex[:8])
    try:
        with connected_to(name), seeding.files():
            yield
    finally:
        drop(name)


@dataclass(frozen=True)
class Seeding:
    """A stage of the demonstration, and who decides what it asks."""

    stage: str
    decisions: Decisions | None = None

    @property
    def name(self) -> str:
        """The database that holds it and that nobody works in."""
        return prefix() + self.stage + (f"_{self.decisions.__name__}" if self.decisions else "")

    def files(self) -> override_settings:
        """The folder of its evidence, the same for every process of the run."""
        return override_settings(MEDIA_ROOT=settings.DATA_DIR / f"media-{self.stage}")

    def told(self) -> dict[str, Any]:
        with server() as cursor:
            cursor.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
                [self.name],
            )
            return json.loads(cursor.fetchone()[0])

    def play(self) -> dict[str, Any]:
        """Seed the connected database."""
        with clock.held_at(story.business_date(self.stage)), pytest.MonkeyPatch.context() as patch:
            call_command("load_plan", verbosity=0)
            proposed = list(TargetRevision.objects.values_list("pk", flat=True))
            if self.decisions is not None:
                decided = self.decisions()
                patch.setattr(plan_setup, "definition", lambda: decided)
            return vars(seed(stage=self.stage)) | {"proposed": proposed}


def _copy(seeding: Seeding, suffix: str) -> str:
    """Return the name of a copy, made unless it is there; PostgreSQL copies one at a time."""
    name = f"{seeding.name}_{suffix}"
    with server() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        if not exists(cursor, seeding.name):
            _seed(cursor, seeding)
        if not exists(cursor, name):
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{seeding.name}"')
    return name


def _seed(cursor: Any, seeding: Seeding) -> None:
    """Seed a copy of the migrated database; it gets its name when it is whole."""
    unfinished = f"{seeding.name}_unfinished"
    cursor.execute(f'DROP DATABASE IF EXISTS "{unfinished}" WITH (FORCE)')
    cursor.execute(f'CREATE DATABASE "{unfinished}" TEMPLATE "{schema.name()}"')
    with connected_to(unfinished), seeding.files():
        said = json.dumps(seeding.play())
        with connection.cursor() as inside:
            inside.execute("VACUUM ANALYZE")
    cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{seeding.name}"')
    cursor.execute(f'COMMENT ON DATABASE "{seeding.name}" IS %s', [said])
