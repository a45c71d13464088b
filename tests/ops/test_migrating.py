"""Migrations let people through and make indexes on growing tables beside them."""

import pytest
from django.core.management import CommandError, call_command
from django.core.management.commands.migrate import Command as Migrate
from django.db import OperationalError, connection, migrations
from django.db.migrations.loader import MigrationLoader

from apps.accounts.models import User
from apps.core.after_commit import send_after_commit
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
            if type(operation).__name__ == "AddIndex" and operation.model_name_lower in GROWING[app] - made:
                yield f"{app}.{name}: {operation.describe()}"


def test_indexes_on_growing_tables_are_made_concurrently():
    """Use AddIndexConcurrently in a migration with atomic = False: people write while it is made."""
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
