"""The audit page: filters, pages and the file of it."""

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.core.models import BusinessClock
from apps.dashboards import changes
from apps.organisations import services
from tests.factories import SchoolFactory, UserFactory


@pytest.fixture
def school(db):
    BusinessClock.objects.create(fixed_date=dt.date(2025, 4, 2))
    return SchoolFactory(name="示例旧名")


@pytest.fixture
def auditor(school, client):
    user = UserFactory(role="auditor", region=school.region)
    client.force_login(user)
    return user


@pytest.fixture
def renamed(school):
    boss = UserFactory(role="administrator", region=school.region)
    services.school_rename(school=school, name="示例新名", on=dt.date(2025, 4, 1), by=boss)
    return school


def subjects(client, **query):
    return [change.subject for change in client.get("/audit/", query).context["changes"]]


def test_old_and_new_stand_side_by_side(auditor, client, renamed):
    change = client.get("/audit/", {"kind": "organisation"}).context["changes"][0]
    assert (change.subject, [(field.label, field.old, field.new) for field in change.fields]) == (
        "示例新名",
        [("名称", "示例旧名", "示例新名")],
    )


def test_it_is_narrowed_by_thing_and_day(auditor, client, renamed):
    SchoolFactory(region=renamed.region, name="别的学校")
    today = dt.datetime.now(dt.UTC).astimezone().date()
    assert set(subjects(client, kind="organisation", subject="新名")) == {"示例新名"}
    assert subjects(client, kind="organisation", until="2001-01-01") == []
    assert subjects(client, subject="别的", since=(today - dt.timedelta(days=2)).isoformat()) != []
    assert subjects(client, since="2999-01-01") == []
    assert subjects(client, since="nonsense", kind="nonsense") != []


def test_pages_follow_each_other_without_gap(auditor, client, school, monkeypatch):
    SchoolFactory(region=school.region)
    monkeypatch.setattr(changes, "PAGE_SIZE", 2)
    pages = [client.get("/audit/", {"page": number}).context for number in (1, 2)]
    shown = [(change.at, change.subject) for page in pages for change in page["changes"]]
    assert (len(shown), shown) == (4, sorted(shown, key=lambda item: item[0], reverse=True))
    assert pages[0]["has_older"]


def test_it_asks_no_more_for_many_changes(auditor, client, school):
    services.school_rename(
        school=school,
        name="示例新名",
        on=dt.date(2025, 4, 1),
        by=UserFactory(role="administrator", region=school.region),
    )
    client.get("/audit/")
    SchoolFactory(region=school.region)
    with CaptureQueriesContext(connection) as before:
        client.get("/audit/")
    for number in range(5):
        SchoolFactory(region=school.region)
        school.name = f"示例名{number}"
        school.save()
    with CaptureQueriesContext(connection) as after:
        client.get("/audit/")
    assert len(after) == len(before)


def test_the_file_holds_old_and_new(auditor, client, renamed):
    content = client.get("/audit.csv", {"kind": "organisation", "subject": "新名"}).content.decode(
        "utf-8-sig"
    )
    rows = list(csv.reader(io.StringIO(content)))
    assert rows[1][2:] == ["", "学校或股室", "修改", "示例新名", "名称", "示例旧名", "示例新名", ""]


def test_a_change_tells_from_where_and_in_which_request(auditor, client, school):
    boss = Client(REMOTE_ADDR="10.0.0.7")
    administrator = UserFactory(role="administrator", region=school.region)
    boss.force_login(administrator)
    person = UserFactory(username="someone", organisation=school)
    answer = boss.post(f"/users/{person.pk}/active/", {"active": "0"})
    change = client.get("/audit/", {"kind": "account", "subject": "someone"}).context["changes"][0]
    assert (change.by, change.address, change.request) == (
        administrator.name,
        "10.0.0.7",
        answer["X-Request-ID"],
    )
