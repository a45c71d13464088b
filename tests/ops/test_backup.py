"""A backup is restored into an empty database and everything in it compared."""

import datetime as dt
import errno
import json
import shutil
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from apps.collection.models import DataValue, Evidence
from apps.core import clock
from apps.core.models import Heartbeat
from apps.plans.models import AnnualPlan
from apps.reports.models import Release
from apps.rollups.models import Judgement, Result
from lusong_edu.backup import BackupError, backup_make, files, making, manifest, restore, verify
from lusong_edu.backup.contents import Contents, Table, contents_of, differences
from lusong_edu.backup.retention import Retention, kept, prune, retention_from
from lusong_edu.backup.server import Server, program
from lusong_edu.backup.verifying import check_versions
from tests.factories import UserFactory
from tests.support import databases, districts, schema
from tests.support.releasing import release_make

pytestmark = pytest.mark.xdist_group("backup")


@pytest.fixture(scope="module")
def complete(django_db_setup, django_db_blocker):
    """The complete district in a database of its own, its last quarter released."""
    with django_db_blocker.unblock(), districts.spoilable_district("complete"):
        plan = AnnualPlan.objects.get(year=2025)
        with clock.held_at(clock.read_date()):
            release_make(plan=plan, quarter=4, by=UserFactory(role="leader", region=plan.region))
        yield


@pytest.fixture(scope="module")
def made(complete, tmp_path_factory):
    return backup_make(tmp_path_factory.mktemp("backups"))


@pytest.fixture
def elsewhere():
    """A database that does not exist yet; dropped afterwards, with what was put aside."""
    name = f"{databases.prefix()}restored_{uuid.uuid4().hex[:8]}"
    yield Server.configured().with_database(name)
    with databases.server() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{name}%"])
        for (found,) in cursor.fetchall():
            cursor.execute(f'DROP DATABASE "{found}" WITH (FORCE)')


@pytest.fixture(scope="module")
def empty(django_db_setup, django_db_blocker, tmp_path_factory):
    """A quick backup: the migrated database without rows, and two files."""
    media = tmp_path_factory.mktemp("media")
    (media / "evidence").mkdir()
    (media / "evidence/a.txt").write_text("first")
    (media / "evidence/b.txt").write_text("second")
    server = Server.configured().with_database(schema.name())
    with django_db_blocker.unblock():
        return backup_make(tmp_path_factory.mktemp("quick"), server=server, media=media)


@pytest.fixture
def spoilt(empty, tmp_path) -> Path:
    """A copy of the quick backup that a test may damage."""
    return Path(shutil.copytree(empty[0], tmp_path / empty[0].name))


def official_numbers():
    """What officials sign: every result, judgement and accepted value."""
    accepted = DataValue.objects.exclude(accepted_at=None).order_by("pk")
    columns = [field.name for field in DataValue._meta.fields if field.name.startswith("accepted")]
    return {
        "results": list(Result.objects.order_by("pk").values_list()),
        "judgements": list(Judgement.objects.order_by("pk").values_list()),
        "accepted": list(accepted.values_list("pk", *columns)),
        "releases": list(Release.objects.order_by("pk").values_list()),
    }


def test_restored_into_an_empty_database_every_number_is_the_same(complete, made, elsewhere, tmp_path):
    folder, known = made
    before = official_numbers()
    assert [name for name, rows in before.items() if len(rows) < 100] == ["releases"]
    assert len(before["releases"]) == 1
    restore(folder, server=elsewhere, media=tmp_path / "media")
    with databases.connected_to(elsewhere.database):
        assert official_numbers() == before
        evidence = list(Evidence.objects.values_list("file", flat=True))
        with transaction.atomic():  # the audit's triggers came back, too
            assert UserFactory(role="leader").history.count() == 1
    assert (evidence != [], known.missing) == (True, [])
    assert [name for name in evidence if not same_file(tmp_path / "media", name)] == []


def same_file(media: Path, name: str) -> bool:
    return (media / name).read_bytes() == (Path(settings.MEDIA_ROOT) / name).read_bytes()


def test_sessions_are_not_in_it(made):
    assert not {"django_session", "accounts_session"} & set(made[1].contents.tables)


@pytest.mark.django_db
def test_verified_by_restoring(empty, capsys):
    call_command("verify_backup", str(empty[0]))
    assert "is good." in capsys.readouterr().out
    assert names_like("lusong_verify_%") == []
    assert Heartbeat.objects.get().name == "backup-verified"


def names_like(pattern: str) -> list[str]:
    with databases.server() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern])
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.django_db
def test_a_dump_that_holds_something_else_is_noticed_by_restoring(spoilt):
    said = json.loads((spoilt / "manifest.json").read_text())
    said["contents"]["tables"]["accounts_user"]["rows"] = 7
    text = json.dumps(said)
    (spoilt / "manifest.json").write_text(text)
    (spoilt / "manifest.sha256").write_text(f"{manifest._sha256(text)}  manifest.json\n")
    with pytest.raises(BackupError, match="table accounts_user has 0 rows, expected 7"):
        verify(spoilt)
    assert names_like("lusong_verify_%") == []


def break_dump(folder):
    with (folder / "database.dump").open("r+b") as file:
        file.seek(2000)
        file.write(b"\0\1\2")


def break_manifest(folder):
    (folder / "manifest.json").write_text(
        (folder / "manifest.json").read_text().replace("first", "last") + " "
    )


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (break_dump, "database.dump was altered or damaged"),
        (break_manifest, "manifest.json was altered or damaged"),
        (
            lambda folder: (folder / "files/evidence/a.txt").write_text("other"),
            "a.txt of this backup is altered",
        ),
        (lambda folder: (folder / "files/evidence/a.txt").unlink(), "a.txt of this backup is missing"),
        (lambda folder: (folder / "files/c.txt").write_text("more"), "c.txt does not belong to this backup"),
        (lambda folder: (folder / "manifest.sha256").unlink(), "is no backup"),
    ],
)
@pytest.mark.django_db
def test_damage_is_named(spoilt, damage, words):
    damage(spoilt)
    with pytest.raises(BackupError, match=words):
        verify(spoilt)


def test_newer_postgres_is_refused(empty):
    with pytest.raises(BackupError, match="made by PostgreSQL 18, and the server here is PostgreSQL 15"):
        check_versions(manifest.Manifest(**vars(empty[1]) | {"postgres": 18}), 15)
    assert check_versions(manifest.Manifest(**vars(empty[1]) | {"postgres": 15}), 18) is None


def test_a_newer_platform_is_refused(spoilt, elsewhere):
    known = manifest.read(spoilt)
    known.migrations["plans"].append("9999_to_come")
    known.write(spoilt)
    with pytest.raises(BackupError, match=r"another version of the platform \(plans.9999_to_come"):
        restore(spoilt, server=elsewhere)


def test_nothing_is_overwritten_unless_asked_and_then_it_is_put_aside(empty, elsewhere, tmp_path):
    media = tmp_path / "media"
    restore(empty[0], server=elsewhere, media=media)
    with elsewhere.cursor() as cursor:
        cursor.execute("INSERT INTO core_heartbeat (name, at, detail) VALUES ('mine', now(), '{}')")
    (media / "evidence/a.txt").write_text("mine")
    with pytest.raises(BackupError, match=r"There is data in the database .* and the folder .*: nothing was"):
        restore(empty[0], server=elsewhere, media=media)
    with elsewhere.cursor(), pytest.raises(BackupError, match="1 connections use the database"):
        restore(empty[0], server=elsewhere, media=media, overwrite=True)
    assert (media / "evidence/a.txt").read_text() == "mine"
    done = restore(empty[0], server=elsewhere, media=media, overwrite=True)
    assert (media / "evidence/a.txt").read_text() == "first"
    assert (Path(done.old_files) / "evidence/a.txt").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["media", Path(done.old_files).name])
    assert set(names_like(f"{elsewhere.database}%")) == {elsewhere.database, done.old_database}
    for name, rows in ((elsewhere.database, 0), (done.old_database, 1)):
        with elsewhere.with_database(name).cursor() as cursor:
            cursor.execute("SELECT count(*) FROM core_heartbeat")
            assert cursor.fetchone()[0] == rows


def test_people_who_work_meanwhile_do_not_make_it_inconsistent(empty, elsewhere, tmp_path, monkeypatch):
    """What is committed after the snapshot is not in the dump, nor in its checksums; its file may be."""
    media = tmp_path / "media"
    restore(empty[0], server=elsewhere, media=media)
    run = Server.run

    def work_meanwhile(server, *arguments):
        with elsewhere.cursor() as cursor:
            cursor.execute("INSERT INTO core_heartbeat (name, at, detail) VALUES ('late', now(), '{}')")
        (media / "evidence/late.txt").write_text("late")
        (media / "evidence/a.txt").unlink()
        run(server, *arguments)

    monkeypatch.setattr(Server, "run", work_meanwhile)
    folder, known = backup_make(tmp_path / "backups", server=elsewhere, media=media)
    monkeypatch.undo()
    assert known.contents.tables["core_heartbeat"].rows == 0
    assert sorted(known.files) == ["evidence/a.txt", "evidence/b.txt", "evidence/late.txt"]
    verify(folder, server=elsewhere)


def test_a_full_disk_leaves_nothing_and_is_one_sentence(tmp_path, monkeypatch):
    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(making, "copy_new", full)
    with pytest.raises(BackupError, match="There is no space left in"):
        backup_make(tmp_path / "backups", server=Server({}, "none"), media=tmp_path)
    assert list((tmp_path / "backups").iterdir()) == []


def test_backups_are_for_their_owner_alone(empty):
    assert [oct(path.stat().st_mode & 0o077) for path in (empty[0], empty[0] / "database.dump")] == [
        "0o0"
    ] * 2


def test_missing_program_says_what_to_install():
    with pytest.raises(BackupError, match="install postgresql-client-99"):
        program("pg_dump", at_least=99)


def test_differences_in_words():
    was = Contents({"a": Table(2, "5"), "b": Table(1, "1"), "c": Table(1, "1")}, {"triggers": 3})
    found = Contents({"a": Table(2, "6"), "b": Table(2, "1"), "d": Table(0, "0")}, {"triggers": 2})
    assert differences(was, found) == [
        "table a has the same number of rows, but not the same values",
        "table b has 2 rows, expected 1",
        "table c is missing",
        "table d is not expected",
        "there are 2 triggers, expected 3",
    ]
    assert differences(was, was) == []


@pytest.mark.django_db
def test_checksum_does_not_depend_on_order_but_on_every_value():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'UTC'")
        sums = []
        for names in (("x", "y"), ("y", "x"), ("x", "x2")):
            Heartbeat.objects.all().delete()
            for number, name in enumerate(sorted(names, reverse=names[0] == "y")):
                at = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
                Heartbeat.objects.create(pk=1000 + ord(name[-1]), name=name, at=at, detail={"number": 1})
                assert number < 2
            sums.append(contents_of(cursor).tables["core_heartbeat"].checksum)
    assert (sums[0] == sums[1], sums[0] == sums[2]) == (True, False)


def moments(*days: str) -> list[dt.datetime]:
    return [dt.datetime.fromisoformat(f"{day}T02:00:00+00:00") for day in days]


def test_retention_keeps_the_newest_of_each_day_week_and_month():
    year = [dt.datetime(2025, 1, 1, 2, tzinfo=dt.UTC) + dt.timedelta(days=number) for number in range(365)]
    found = sorted(kept(year, Retention(days=3, weeks=2, months=4)), reverse=True)
    assert [moment.date().isoformat() for moment in found] == [
        "2025-12-31",
        "2025-12-30",
        "2025-12-29",
        "2025-12-28",  # the week before
        "2025-11-30",
        "2025-10-31",
        "2025-09-30",
    ]
    assert kept(moments("2020-01-01"), Retention(0, 0, 1)) == set(moments("2020-01-01"))


def test_prune_deletes_only_finished_backups(tmp_path):
    for name in ("lusong-20250101-020000", "lusong-20250102-020000", "lusong-20250103-020000"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").touch()
    for other in ("lusong-20241231-020000.unfinished", "lusong-20241230-020000", "own-notes"):
        (tmp_path / other).mkdir()
    assert prune(tmp_path, Retention(1, 0, 1)) == ["lusong-20250101-020000", "lusong-20250102-020000"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "lusong-20241230-020000",
        "lusong-20241231-020000.unfinished",
        "lusong-20250103-020000",
        "own-notes",
    ]


@pytest.mark.parametrize("text", ["", "14", "0,0,0", "a,b,c", "1,2,-3"])
def test_retention_that_makes_no_sense_is_refused(text):
    with pytest.raises(BackupError, match="--keep takes three numbers"):
        retention_from(text)


@pytest.mark.django_db
def test_command_errors_are_one_sentence(tmp_path):
    with pytest.raises(CommandError, match=r"is no backup: it has no manifest\.json"):
        call_command("verify_backup", str(tmp_path))
    with pytest.raises(CommandError, match="is no backup"):
        call_command("restore", str(tmp_path))


def test_a_copy_is_what_was_read(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 3_000_000)
    copied = files.copy(tmp_path / "a", tmp_path / "deep/b")
    assert copied == files.measure(tmp_path / "deep/b") == files.measure(tmp_path / "a")
    assert copied.size == 3_000_000
