"""What has to be well, each told in one line without a secret. Ages are by the database's clock alone."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import Min
from django.db.models.functions import Now

from apps.core import heartbeats
from apps.core.reading import REPLICA
from apps.rollups.models import StaleResult
from lusong_edu.celery import QUEUES
from lusong_edu.replica.following import UNKNOWN, WELL, follower, words_of

WORKER_PATIENCE = dt.timedelta(minutes=3)
STALE_PATIENCE = dt.timedelta(minutes=5)
LEAST_FREE_SHARE = 0.05
REDIS_SECONDS = 1.0


@dataclass(frozen=True)
class Check:
    """One thing that has to be well: its name, whether it is, and why in a few words."""

    name: str
    is_well: bool
    words: str


def all_checks() -> list[Check]:
    """Every check; without the database only that of Redis and the disk (8 queries)."""
    database = check_database()
    beyond = [check_redis(), check_disk()]
    if not database.is_well:
        return [database, *beyond]
    try:
        return [database, check_migrations(), *beyond, *check_replica(), *check_signs(), check_stale()]
    except DatabaseError:  # gone meanwhile, or not migrated
        missing = Check("migrations", False, "the tables are not there: run manage.py migrate")
        return [database, missing, *beyond]


def check_database() -> Check:
    """Whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Check("database", False, "it cannot be reached")
    return Check("database", True, "it answers")


def check_migrations() -> Check:
    """Whether the tables are those of this version of the platform."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        missing = known_migrations() - set(cursor.fetchall())
    if missing:
        return Check("migrations", False, f"{len(missing)} are not applied: run manage.py migrate")
    return Check("migrations", True, "all are applied")


@lru_cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """App and name of every migration of this version, read from disk once a process."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def redis_client() -> Any:
    """A client that waits a second at most."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
    )


def check_redis() -> Check:
    """Whether the broker and cache answers; people work on without it, numbers wait for the sweep."""
    try:
        with redis_client() as client:
            client.ping()
    except redis.RedisError:
        return Check("redis", False, "it cannot be reached; people can work, numbers arrive when it is back")
    return Check("redis", True, "it answers")


def check_replica() -> Iterator[Check]:
    """Whether pages can be read from the replica, where there is one; people work on without it."""
    if REPLICA in settings.DATABASES:
        state = follower.state()
        yield Check("replica", state.word in (WELL, UNKNOWN), words_of(state))


def queue_lengths() -> dict[str, int]:
    """How many tasks wait in each queue; empty while Redis is away."""
    try:
        with redis_client() as client:
            return {queue: client.llen(f"{settings.REDIS_KEY_PREFIX}:{queue}") for queue in QUEUES}
    except redis.RedisError:
        return {}


def check_signs() -> Iterator[Check]:
    """Beat and the worker of each queue, by their last sign of life (1 query)."""
    ages = heartbeats.ages()
    yield _sign("beat", ages.get(heartbeats.BEAT), beat_patience())
    for queue in QUEUES:
        yield _sign(f"worker:{queue}", ages.get(heartbeats.QUEUE + queue), WORKER_PATIENCE)


def beat_patience() -> dt.timedelta:
    """A few rounds of what beat hands out most often."""
    return dt.timedelta(seconds=max(60.0, 3 * settings.SWEEP_SECONDS))


def _sign(name: str, age: dt.timedelta | None, patience: dt.timedelta) -> Check:
    if age is None:
        return Check(name, False, "it has never shown life")
    words = f"it showed life {round(age.total_seconds())} s ago"
    return Check(name, heartbeats.is_fresh(age, patience), words)


def check_stale() -> Check:
    """Whether accepted numbers reach the results in time (1 query)."""
    age = oldest_stale()
    if age is None:
        return Check("stale", True, "every result is up to date")
    return Check(
        "stale", age <= STALE_PATIENCE, f"the oldest result waits for {round(age.total_seconds())} s"
    )


def oldest_stale() -> dt.timedelta | None:
    """How long the oldest entry of the outbox has waited; None when nothing waits."""
    found: dict[str, dt.timedelta | None] = StaleResult.objects.aggregate(age=Now() - Min("created_at"))
    return found["age"]


def check_disk() -> Check:
    """Whether uploads and documents still find room."""
    total, _used, free = disk_usage()
    words = f"{free / 1e9:.1f} GB of {total / 1e9:.1f} GB are free"
    return Check("disk", free >= LEAST_FREE_SHARE * total, words)


def disk_usage() -> tuple[int, int, int]:
    """Bytes in all, used and free where uploads are kept."""
    folder = next(path for path in (settings.MEDIA_ROOT, *settings.MEDIA_ROOT.parents) if path.exists())
    return tuple(shutil.disk_usage(folder))  # type: ignore[return-value]


def serving_checks() -> list[Check]:
    """Only what people need to work, for which a deployment waits (2 queries)."""
    database = check_database()
    return [database, check_migrations()] if database.is_well else [database]
