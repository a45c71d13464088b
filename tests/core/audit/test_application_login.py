"""The application's role, logged in with its password on a connection of its own, as production does it.

The role of test_roles is put on inside a transaction; here PostgreSQL asks for the password, what is done is
committed, and nobody who was somebody else before could be again.
"""

import time
import uuid
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import psycopg2.errors
import pytest
from django.db import connection
from django.test import Client

from apps.accounts.models import SecurityEvent, User
from apps.core.audit.roles import secure
from apps.core.audit.tables import audit_tables, event_models, time_and_key
from tests.factories import UserFactory
from tests.support import databases, schema

PASSWORD = "Example-of-a-role-1"
DENIED = psycopg2.errors.InsufficientPrivilege
WAITING_SECONDS = 30


class Installed:
    """A migrated database of its own with one person in it, secured for a role that may log in."""

    def __init__(self, name, role):
        self.name, self.role = name, role

    @contextmanager
    def cursor(self, password=PASSWORD):
        """Yield a cursor of the role's own connection; each statement is its own transaction."""
        where = connection.settings_dict
        at = {"host": where["HOST"] or None, "port": where["PORT"] or None}
        with closing(psycopg2.connect(dbname=self.name, user=self.role, password=password, **at)) as opened:
            opened.autocommit = True
            with opened.cursor() as cursor:
                yield cursor

    @contextmanager
    def application(self):
        """Django itself is the application's role."""
        before = {name: connection.settings_dict[name] for name in ("USER", "PASSWORD")}
        connection.settings_dict |= {"USER": self.role, "PASSWORD": PASSWORD}
        try:
            with databases.connected_to(self.name):
                yield
        finally:
            connection.settings_dict |= before

    def refusal(self, statement):
        with pytest.raises(psycopg2.Error) as caught, self.cursor() as cursor:
            cursor.execute(statement)
        return type(caught.value)


@pytest.fixture(scope="module")
def installed(django_db_setup, django_db_blocker):
    mark = uuid.uuid4().hex[:8]
    found = Installed(f"{databases.prefix()}role_{mark}", f"lusong_app_{mark}")
    with django_db_blocker.unblock(), databases.server() as server, asking_for_passwords(server, found.role):
        server.execute(f'CREATE DATABASE "{found.name}" TEMPLATE "{schema.name()}"')
        with databases.connected_to(found.name):
            secure(role=found.role, password=PASSWORD)
            UserFactory(role="leader", username="lingdao", password=PASSWORD)
        wait_until_asked(found)
        yield found
        server.execute(f'DROP DATABASE "{found.name}" WITH (FORCE)')
        server.execute(f'DROP ROLE "{found.role}"')


@contextmanager
def asking_for_passwords(server, role):
    """The tests' server believes everybody; of this role it asks for the password."""
    server.execute("SHOW hba_file")
    rules = Path(server.fetchone()[0])
    try:
        before = rules.read_text()
        rules.write_text(f"local all {role} scram-sha-256\nhost all {role} all scram-sha-256\n{before}")
    except PermissionError:
        pytest.skip("the rules of this server belong to somebody else")
    server.execute("SELECT pg_reload_conf()")
    yield
    rules.write_text(before)
    server.execute("SELECT pg_reload_conf()")


def wait_until_asked(installed):
    """Rules count a moment after they were read."""
    end = time.monotonic() + WAITING_SECONDS
    while time.monotonic() < end:
        try:
            with installed.cursor(password="wrong"):
                time.sleep(0.05)
        except psycopg2.OperationalError:
            return
    raise AssertionError("the server lets the role in with any password")


def test_it_gets_in_with_its_password_alone(installed):
    for password in ("wrong", ""):
        with pytest.raises(psycopg2.OperationalError, match="password"), installed.cursor(password):
            pass
    with installed.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, session_user, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (installed.role, installed.role, False, False, False, False)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET {column} = {column}",
        "DELETE FROM {table}",
        "TRUNCATE {table} CASCADE",
        "DROP TABLE {table} CASCADE",
        "DROP TRIGGER lusong_audit_not_emptied ON {table}",
        "ALTER TABLE {table} DISABLE TRIGGER ALL",
        "ALTER TABLE {table} DISABLE TRIGGER lusong_audit_not_emptied",
        "ALTER TABLE {table} ADD COLUMN mine int",
        "ALTER TABLE {table} OWNER TO CURRENT_USER",
        "CREATE TRIGGER mine BEFORE INSERT ON {table} EXECUTE FUNCTION lusong_audit_stays()",
        "CREATE RULE mine AS ON INSERT TO {table} DO INSTEAD NOTHING",
        "BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE",
    ],
    ids=lambda statement: " ".join(statement.split()[:2]),
)
def test_no_audit_table_can_be_altered(installed, statement):
    columns = {model._meta.db_table: time_and_key(model)[0] for model in event_models()}
    found = {
        table: installed.refusal(statement.format(table=table, column=columns.get(table, "created_at")))
        for table in audit_tables()
    }
    assert set(found.values()) == {DENIED}
    assert {"accounts_userhistory", "accounts_securityevent", "pghistory_context"} <= set(found)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO accounts_userhistory SELECT * FROM accounts_userhistory",
        "INSERT INTO pghistory_context SELECT * FROM pghistory_context",
        "ALTER TABLE accounts_user DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "ALTER FUNCTION lusong_audit_stays() SECURITY INVOKER",
        "CREATE TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "COPY accounts_user TO PROGRAM 'cat'",
        "COPY accounts_user FROM '/etc/passwd'",
        "SELECT pg_read_file('/etc/passwd')",
        "ALTER SYSTEM SET log_connections = off",
        "CREATE ROLE other LOGIN",
        "ALTER ROLE CURRENT_USER SUPERUSER",
        "SET ROLE pg_database_owner",
    ],
)
def test_it_gets_no_rights(installed, statement):
    assert installed.refusal(statement) is DENIED


def test_the_owner_cannot_be_become(installed):
    owner = connection.settings_dict["USER"]
    for statement in (f'SET ROLE "{owner}"', f'SET SESSION AUTHORIZATION "{owner}"'):
        assert installed.refusal(statement) is DENIED


def test_people_work_as_ever_and_it_is_written_down(installed):
    """Logging in, a change of one's account, logging out: sessions, audit and security log by this role."""
    client = Client()
    with installed.application():
        with connection.cursor() as cursor:
            cursor.execute("SELECT session_user")
            assert cursor.fetchone() == (installed.role,)
        assert client.post("/login/", {"username": "lingdao", "password": PASSWORD}).status_code == 302
        assert client.get("/devices/").status_code == 200
        user = User.objects.get(username="lingdao")
        before = user.history.count()
        user.email = "lingdao@example.gov.cn"
        user.save()
        newest = user.history.order_by("pgh_id").last()
        assert (user.history.count() - before, newest.email) == (1, "lingdao@example.gov.cn")
        assert client.post("/logout/").status_code == 302
        assert set(SecurityEvent.objects.values_list("kind", flat=True)) == {"login", "logout"}
