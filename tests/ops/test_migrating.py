"""Migrations let people through and make indexes on growing tables beside them."""

from contextlib import contextmanager

import psycopg2
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.core.management.commands.migrate import Command as Migrate
from django.db import OperationalError, connection, migrations, transaction
from django.db.migrations import AddIndex, RemoveIndex
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import Index

from apps.accounts.models import User
from apps.core.after_commit import send_after_commit
from apps.core.migrating import AddIndexBeside, RemoveIndexBeside
from lusong_edu.management.commands import migrate
from tests.factories import PlanFactory

GROWING = {
    "collection": {"assignment", "datavalue", "datavaluerevision", "submission", "evidence", "notice"},
    "rollups": {"result", "judgement"},
    "reviews": {"officereview"},
}
# Those that were there before the first bureau had data in its tables.
FIRST = {
    "collection": "0019",
    "rollups": "0004",
    "reviews": "0002",
}


def on_growing_tables():
    """Migrations after the first ones that lock a growing table while they make an index on it."""
    loader = MigrationLoader(None)
    for (app, name), migration in loader.disk_migrations.items():
        if app not in GROWING or name[:4] <= FIRST[app]:
            continue
        creating = [one for one in migration.operations if isinstance(one, migrations.CreateModel)]
        made = {operation.name_lower for operation in creating}
        for operation in migration.operations:
            is_safe = isinstance(operation, AddIndexBeside | RemoveIndexBeside)
            if is_safe or not isinstance(operation, AddIndex | RemoveIndex):
                continue
            if operation.model_name_lower in GROWING[app] - made:
                yield f"{app}.{name}: {operation.describe()}"


def test_indexes_on_growing_tables_are_made_concurrently():
    """Use AddIndexBeside in a migration with atomic = False: people write while it is made."""
    assert list(on_growing_tables()) == []


def locked_out(monkeypatch, times):
    """Django's migrate finds a table in use so many times; returns the limit in force at each try."""
    tried = []

    class Cause(Exception):
        pgcode = migrate.LOCK_NOT_AVAILABLE

    def handle(self, *args, **options):
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            tried.append(cursor.fetchone()[0])
        if len(tried) <= times:
            raise OperationalError("canceling statement due to lock timeout") from Cause()

    monkeypatch.setattr(Migrate, "handle", handle)
    monkeypatch.setattr(migrate.time, "sleep", lambda seconds: None)
    return tried


@pytest.mark.django_db
def test_a_busy_table_is_tried_again(settings, monkeypatch):
    settings.MIGRATE_LOCK_SECONDS = 1.5
    tried = locked_out(monkeypatch, 2)
    call_command("migrate", verbosity=0)
    assert tried == ["1500ms"] * 3
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone()[0] == "0"


@contextmanager
def held(table):
    """A transaction of somebody else that holds the table, and what ends it."""
    other = psycopg2.connect(**connection.get_connection_params())
    try:
        with other.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN ACCESS SHARE MODE")
        yield other.rollback
    finally:
        other.close()


@pytest.mark.django_db
def test_a_table_that_somebody_reads_is_let_go_and_altered_afterwards(settings, monkeypatch):
    """A real lock: PostgreSQL gives up after the limit, people get through, the next try succeeds."""
    settings.MIGRATE_LOCK_SECONDS = 0.1
    tried = []

    def handle(self, *args, **options):
        tried.append("began")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE core_heartbeat ADD COLUMN example integer")
        tried.append("done")

    monkeypatch.setattr(Migrate, "handle", handle)
    with held("core_heartbeat") as let_go:
        monkeypatch.setattr(migrate.time, "sleep", lambda seconds: tried.append("waits") or let_go())
        call_command("migrate", verbosity=0)
    assert tried == ["began", "waits", "began", "done"]


@pytest.mark.django_db(transaction=True)
def test_an_index_that_was_not_finished_is_made_again_and_a_finished_one_kept():
    """CREATE INDEX CONCURRENTLY that is cut off leaves an index that nobody uses and everybody maintains."""
    index = Index(fields=["at"], name="example_beside")
    before = ProjectState.from_apps(apps)
    after, operation = before.clone(), AddIndexBeside("heartbeat", index)
    operation.state_forwards("core", after)

    def run(how, *states):
        with connection.schema_editor(atomic=False) as editor:
            how("core", editor, *states)

    def found():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT oid, indisvalid FROM pg_index JOIN pg_class ON oid = indexrelid"
                " WHERE relname = 'example_beside'"
            )
            return cursor.fetchall()

    run(operation.database_forwards, before, after)
    ((first, is_valid),) = found()
    run(operation.database_forwards, before, after)
    assert (is_valid, found()) == (True, [(first, True)])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = %s", [first])
    run(operation.database_forwards, before, after)
    ((second, is_valid),) = found()
    assert (second != first, is_valid) == (True, True)
    run(RemoveIndexBeside("heartbeat", "example_beside").database_forwards, after, before)
    assert found() == []


@pytest.mark.django_db
def test_a_table_that_stays_busy_is_one_sentence(settings, monkeypatch):
    settings.MIGRATE_LOCK_SECONDS = 1.5
    locked_out(monkeypatch, 99)
    with pytest.raises(CommandError, match="The tables are too busy to be changed now"):
        call_command("migrate", verbosity=0)


@pytest.mark.django_db
def test_another_fault_is_not_tried_again(settings, monkeypatch):
    calls = []

    def handle(self, *args, **options):
        calls.append(1)
        raise OperationalError("the server is gone")

    monkeypatch.setattr(Migrate, "handle", handle)
    with pytest.raises(OperationalError, match="gone"):
        call_command("migrate", verbosity=0)
    assert calls == [1]


@pytest.mark.django_db
def test_first_administrator(capsys):
    with pytest.raises(CommandError, match=r"run manage\.py load_plan first"):
        call_command("first_administrator", "guan", name="示例")
    plan = PlanFactory()
    call_command("first_administrator", "guan", name="示例")
    user = User.objects.get(username="guan")
    assert (user.role, user.region, user.is_demo) == ("administrator", plan.region, False)
    assert user.reset_codes.count() == 1
    assert "One-time code: " in capsys.readouterr().out
    with pytest.raises(CommandError, match="There is an administrator already"):
        call_command("first_administrator", "other", name="示例")


@pytest.mark.django_db
def test_a_broker_that_is_away_does_not_undo_what_is_done(django_capture_on_commit_callbacks):
    class Away:
        def apply_async(self, *_args, **_options):
            raise ConnectionError("no broker")

    with django_capture_on_commit_callbacks(execute=True):
        send_after_commit(Away(), 1, queue="reports")
