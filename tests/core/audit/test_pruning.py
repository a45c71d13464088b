"""Audit rows go when their time is over, by the owner alone; what stays is proven, and so is what went."""

import datetime as dt
import json
import os
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.models import SecurityEvent
from apps.accounts.security.enums import EventKind
from apps.accounts.security.events import note
from apps.core.audit import digests, pruning, records
from apps.core.audit.roles import secure
from tests.core.audit.test_digests import as_superuser, day, told

KEPT = 4
UNKNOWN = "the record of what was removed is not the one this file knows"
AGAIN = "rows are there though they were removed when their time was over"


@pytest.fixture
def past(user, settings, tmp_path):
    """Two rows on each of three past days and one today, of which the first day's time is over."""
    settings.AUDIT_DIGEST_DIR, settings.AUDIT_RETENTION_DAYS = tmp_path / "audit", KEPT
    for back in (6, 4, 3, 0):
        for kind in (EventKind.LOGIN, EventKind.LOGOUT):
            row = note(kind, by=user)
            at = timezone.now() - dt.timedelta(days=back)
            as_superuser("UPDATE accounts_securityevent SET at = %s WHERE id = %s", at, row.pk)
    digests.digests_write()
    return tmp_path / "audit"


def removed(*arguments):
    call_command("prune_audit", *arguments)
    return SecurityEvent.objects.count()


def test_looking_changes_nothing(past, capsys):
    assert removed() == 8
    assert f"accounts_securityevent: 2 rows before {day(KEPT)}" in capsys.readouterr().out
    assert records.files() == []


def test_only_what_is_over_goes_and_the_rest_is_proven(past, capsys):
    assert removed("--remove") == 6
    assert "Removed, recorded in" in capsys.readouterr().out
    content = json.loads(records.files()[0].read_text())
    assert content["tables"]["accounts_securityevent"]["rows"] == 2
    assert content["tables"]["accounts_securityevent"]["before"] == day(KEPT).isoformat()
    assert set(content["tables"]) == {"accounts_securityevent"}
    assert content["retention_days"] == KEPT
    assert told() == []
    assert removed("--remove") == 6
    assert len(records.files()) == 1


def test_the_triggers_refuse_again_afterwards(past):
    removed("--remove")
    with pytest.raises(Exception, match="annot update or delete rows"), transaction.atomic():
        SecurityEvent.objects.all().delete()


def test_a_row_removed_without_a_record_still_shows(past):
    removed("--remove")
    as_superuser(
        "DELETE FROM accounts_securityevent WHERE id = (SELECT max(id) FROM accounts_securityevent"
        " WHERE at < now() - interval '1 day')"
    )
    assert told() == [(day(3), "accounts_securityevent: 2 rows were there, 1 are there now")]


def test_a_row_slipped_into_a_removed_day_shows(past):
    removed("--remove")
    as_superuser(
        "INSERT INTO accounts_securityevent (kind, at, request, path, detail)"
        " VALUES ('login', %s, '', '', '')",
        timezone.now() - dt.timedelta(days=6),
    )
    assert told() == [
        (
            day(6),
            "accounts_securityevent: 1 rows are there though they were removed when their time was over",
        )
    ]


@pytest.fixture
def recorded(past, monkeypatch):
    """The removal was two days ago: the day's file knows its record."""
    for path in digests.files():
        if path.stem >= day(2).isoformat():
            os.unlink(path)
    with monkeypatch.context() as patch:
        patch.setattr(pruning, "today", lambda: day(2))
        pruning.prune(day(KEPT))
    digests.digests_write()
    return records.files()[0]


def test_a_record_that_is_altered_or_gone_shows(recorded):
    assert told() == []
    content = recorded.read_text()
    os.unlink(recorded)
    gone = told()
    assert (day(2), UNKNOWN) in gone
    assert (day(6), "accounts_securityevent: 2 rows were there, 0 are there now") in gone
    recorded.write_text(content.replace('"rows": 2', '"rows": 1'))
    assert {text for _day, text in told()} == {UNKNOWN}


def test_a_record_made_up_for_a_past_day_shows(past):
    as_superuser("DELETE FROM accounts_securityevent WHERE at < now() - interval '1 day'")
    tables = {"accounts_securityevent": {"before": day(0).isoformat(), "rows": 6}}
    records.record_write(on=day(4), content={"tables": tables})
    assert UNKNOWN in {text for _day, text in told()}


def test_nothing_goes_while_anything_is_not_as_it_was(past):
    as_superuser("UPDATE accounts_securityevent SET user_id = NULL WHERE at < now() - interval '5 days'")
    with pytest.raises(CommandError, match="rows were altered"):
        call_command("prune_audit", "--remove")
    assert SecurityEvent.objects.count() == 8


def test_nothing_goes_whose_fingerprint_was_never_taken(past, user):
    row = note(EventKind.LOGIN, by=user)
    at = timezone.now() - dt.timedelta(days=8)
    as_superuser("UPDATE accounts_securityevent SET at = %s WHERE id = %s", at, row.pk)
    with pytest.raises(CommandError, match="has no fingerprint"):
        call_command("prune_audit", "--remove")
    assert SecurityEvent.objects.count() == 9


def test_the_applications_role_cannot(past):
    role = f"lusong_app_{uuid.uuid4().hex[:8]}"
    secure(role=role)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'SET LOCAL ROLE "{role}"')
        with pytest.raises(CommandError, match="tables' owner"):
            call_command("prune_audit", "--remove")
        cursor.execute("RESET ROLE")
    assert SecurityEvent.objects.count() == 8


def test_an_owner_who_is_no_superuser_can(past):
    """As on Debian: the tables belong to a role with no rights beyond them."""
    role = f"lusong_owner_{uuid.uuid4().hex[:8]}"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f'CREATE ROLE "{role}"')
        cursor.execute(f'GRANT "{role}" TO current_user')
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        for (table,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE "{table}" OWNER TO "{role}"')
        cursor.execute(f'SET LOCAL ROLE "{role}"')
        call_command("prune_audit", "--remove")
        cursor.execute("RESET ROLE")
    assert SecurityEvent.objects.count() == 6
    assert told() == []
