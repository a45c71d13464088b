"""The application's role: reads and writes rows, cannot migrate, cannot touch the audit."""

import uuid
from contextlib import contextmanager

import psycopg2.errors
import pytest
from django.core.management import call_command
from django.db import DatabaseError, InternalError, connection, transaction

from apps.accounts.models import SecurityEvent, User
from apps.accounts.security.enums import EventKind
from apps.accounts.security.events import note
from apps.core.audit.roles import secure
from apps.core.audit.tables import audit_tables


@pytest.fixture
def role(db):
    """A secured role of this test, gone with its transaction."""
    name = f"lusong_app_{uuid.uuid4().hex[:8]}"
    secure(role=name)
    return name


@contextmanager
def acting_as(role):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'SET LOCAL ROLE "{role}"')
        yield cursor
        cursor.execute("RESET ROLE")


def refused(role, statement):
    """Return why the role may not do this."""
    with pytest.raises(DatabaseError) as caught, acting_as(role) as cursor:
        cursor.execute(statement)
    return type(caught.value.__cause__)


DENIED = psycopg2.errors.InsufficientPrivilege


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "ALTER TABLE accounts_user ADD COLUMN mine int",
        "DROP TABLE accounts_user",
        "ALTER TABLE accounts_user DISABLE TRIGGER ALL",
        "DROP TRIGGER lusong_audit_not_emptied ON accounts_userhistory",
        "CREATE OR REPLACE FUNCTION lusong_audit_stays() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN RETURN NULL; END'",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('core', '9999', now())",
        "SET session_replication_role = replica",
    ],
)
def test_it_cannot_migrate_or_switch_triggers_off(role, statement):
    assert refused(role, statement) is DENIED


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = NULL", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_it_cannot_alter_any_audit_row(role, user, statement):
    time = {"pghistory_context": "created_at", "accounts_securityevent": "at"}
    found = {
        table: refused(role, statement.format(table, time.get(table, "pgh_created_at")))
        for table in audit_tables()
    }
    assert set(found.values()) == {DENIED}
    assert {"accounts_userhistory", "collection_datavaluehistory"} <= set(found) or len(found) > 10


def test_it_cannot_invent_one(role, user):
    assert (
        refused(role, "INSERT INTO accounts_userhistory SELECT * FROM accounts_userhistory LIMIT 1") is DENIED
    )
    assert refused(role, "INSERT INTO pghistory_context SELECT * FROM pghistory_context LIMIT 1") is DENIED


def test_its_own_changes_are_written_and_cannot_be_hidden(role, user):
    before = user.history.count()
    with acting_as(role) as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{accounts_user:update_update}', TRUE)")
        User.objects.filter(pk=user.pk).update(name="示例乙")
        note(EventKind.PASSWORD, by=user)
    assert user.history.order_by("pgh_id").values_list("name", flat=True).last() == "示例乙"
    assert user.history.count() == before + 1
    assert SecurityEvent.objects.get().user == user


def test_it_does_its_work(role, user):
    with acting_as(role):
        User.objects.filter(pk=user.pk).update(is_active=False)
        assert User.objects.get(pk=user.pk).is_active is False


def test_running_it_again_changes_nothing(role, user):
    secure(role=role)
    assert refused(role, "DELETE FROM accounts_userhistory") is DENIED


def test_the_password_is_not_printed(db, monkeypatch, capsys):
    monkeypatch.setenv("LUSONG_APPLICATION_PASSWORD", "example-secret")
    call_command("secure_database", role=f"lusong_app_{uuid.uuid4().hex[:8]}", verbosity=2)
    printed = capsys.readouterr().out
    assert "PASSWORD …" in printed
    assert "example-secret" not in printed


@pytest.mark.parametrize("table", ["accounts_userhistory", "accounts_securityevent", "pghistory_context"])
def test_even_the_owner_does_not_empty_the_audit_by_mistake(user, table):
    stays = pytest.raises(InternalError, match="audit rows stay")
    with stays, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_every_audit_table_is_guarded(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'lusong_audit_not_emptied'"
        )
        guarded = sorted(row[0] for row in cursor.fetchall())
    assert guarded == audit_tables()


def test_who_did_it_is_not_rewritten_afterwards(client, user):
    client.force_login(user)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pghistory_context (id, metadata, created_at, updated_at)"
            " VALUES (gen_random_uuid(), '{\"user\": 1}', now() - interval '2 hours', now())"
        )
    for statement in ("UPDATE pghistory_context SET metadata = '{}'", "DELETE FROM pghistory_context"):
        stays = pytest.raises(InternalError, match="audit rows stay")
        with stays, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
