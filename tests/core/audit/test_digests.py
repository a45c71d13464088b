"""Fingerprints of past days outside the database: what even a superuser does to the audit shows."""

import datetime as dt
import json
import os

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from apps.accounts.models import SecurityEvent
from apps.accounts.security.enums import EventKind
from apps.accounts.security.events import note
from apps.core import tasks
from apps.core.audit import digests
from apps.core.models import Heartbeat

DAYS = (5, 4, 2)


@pytest.fixture
def folder(settings, tmp_path):
    settings.AUDIT_DIGEST_DIR = tmp_path / "audit"
    return settings.AUDIT_DIGEST_DIR


@pytest.fixture
def past(user, folder):
    """Audit rows on three past days, with their fingerprints taken."""
    for _day in DAYS:
        note(EventKind.LOGIN, by=user)
        note(EventKind.LOGOUT, by=user)
    rows = list(SecurityEvent.objects.order_by("pk").values_list("pk", flat=True))
    for position, back in enumerate(DAYS):
        at = timezone.now() - dt.timedelta(days=back)
        as_superuser(
            "UPDATE accounts_securityevent SET at = %s WHERE id = ANY(%s)", at, rows[2 * position :][:2]
        )
    digests.digests_write()
    return rows


def as_superuser(statement, *values):
    """Do what no application may: with every trigger switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def day(back):
    return timezone.localdate() - dt.timedelta(days=back)


def told():
    return [(problem.day, problem.text) for problem in digests.verify()]


def test_every_closed_day_has_a_file_and_all_agrees(past, folder):
    # Until an hour after midnight yesterday is still open.
    closed = (timezone.localtime() - digests.GRACE).date()
    days = [day(back) for back in (5, 4, 3, 2, 1) if day(back) < closed]
    assert [path.stem for path in digests.files()] == [one.isoformat() for one in days]
    assert told() == []
    assert digests.digests_write() == []
    content = json.loads((folder / f"{day(4)}.json").read_text())
    assert content["tables"]["accounts_securityevent"]["rows"] == 2
    assert {"accounts_userhistory", "pghistory_context"} <= set(content["tables"])


def test_a_deleted_row_shows(past):
    as_superuser("DELETE FROM accounts_securityevent WHERE id = %s", past[2])
    assert told() == [(day(4), "accounts_securityevent: 2 rows were there, 1 are there now")]
    with pytest.raises(CommandError, match="1 problems"):
        call_command("verify_audit")


def test_an_altered_row_shows(past):
    as_superuser("UPDATE accounts_securityevent SET user_id = NULL WHERE id = %s", past[0])
    assert told() == [(day(5), "accounts_securityevent: rows were altered")]


def test_a_row_slipped_in_later_shows(past):
    as_superuser(
        "INSERT INTO accounts_securityevent (kind, at, request, path, detail)"
        " VALUES ('login', %s, '', '', '')",
        timezone.now() - dt.timedelta(days=2),
    )
    assert told() == [(day(2), "accounts_securityevent: 2 rows were there, 3 are there now")]


def test_a_row_moved_to_another_day_shows(past):
    as_superuser("UPDATE accounts_securityevent SET at = at - interval '1 day' WHERE id = %s", past[2])
    assert [found for found, _text in told()] == [day(5), day(4)]


def test_a_file_made_anew_after_a_deletion_breaks_the_chain(past, folder):
    as_superuser("DELETE FROM accounts_securityevent WHERE id = %s", past[2])
    path = folder / f"{day(4)}.json"
    before = json.loads((folder / f"{day(5)}.json").read_text())["chain"]
    os.unlink(path)
    digests._keep(day(4), digests._content(day(4), before))
    assert told() == [(day(3), "the chain is broken: this file does not follow the one before it")]


def test_a_missing_file_and_an_altered_one_show(past, folder):
    path = folder / f"{day(2)}.json"
    content = json.loads(path.read_text())
    content["tables"]["accounts_securityevent"]["rows"] = 3
    os.unlink(path)
    path.write_text(json.dumps(content))
    os.unlink(folder / f"{day(4)}.json")
    assert told() == [
        (day(3), f"the files of {day(4)} to {day(4)} are missing"),
        (day(3), "the chain is broken: this file does not follow the one before it"),
        (day(2), "the file was altered: it does not have its own fingerprint"),
        (day(2), "accounts_securityevent: 3 rows were there, 2 are there now"),
    ]


def test_all_files_gone_shows(past, folder):
    for path in digests.files():
        os.unlink(path)
    assert told() == [(None, "there is no file, though there are audit rows of past days")]


def test_a_column_that_comes_later_changes_no_fingerprint(past):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_securityevent ADD COLUMN later text NOT NULL DEFAULT 'x'")
    assert told() == []


def test_today_is_not_closed(user, folder):
    note(EventKind.LOGIN, by=user)
    tasks.digest_audit()
    assert (digests.files(), told()) == ([], [])
    assert Heartbeat.objects.get(name="audit").detail == {"written": 0}


def test_a_file_is_never_written_over(past):
    with pytest.raises(FileExistsError):
        digests._keep(day(4), digests._content(day(4), ""))
