"""The security log: who reads it, what is in it, that nothing alters it."""

import csv
import io

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from apps.accounts.models import SecurityEvent
from apps.accounts.security.enums import EventKind
from apps.accounts.security.events import note
from apps.core.requests import Origin, client_address, held, origin_of
from tests.factories import UserFactory


@pytest.fixture
def auditor(district):
    return UserFactory(username="auditor", role="auditor", region=district)


@pytest.fixture
def client(auditor):
    client = Client(REMOTE_ADDR="10.0.0.9")
    client.force_login(auditor)
    return client


def kinds(client, **query):
    return [event.kind for event in client.get("/security/", query).context["page"]]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_securityevent SET kind = 'logout'",
        "DELETE FROM accounts_securityevent",
    ],
)
def test_no_row_is_changed_or_removed(reporter, statement):
    note(EventKind.FAILED, about=reporter)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert SecurityEvent.objects.get().kind == "failed"


def test_refused_actions_and_downloads_are_written_down(client, auditor):
    client.post("/users/new/", {"username": "x"})
    client.get("/audit.csv?kind=account")
    client.get("/users/")  # reading what one may not is refused, and no action
    rows = SecurityEvent.objects.exclude(kind="login").order_by("pk")
    assert list(rows.values_list("kind", "user", "path", "detail", "address")) == [
        ("denied", auditor.pk, "/users/new/", "POST", "10.0.0.9"),
        ("download", auditor.pk, "/audit.csv", "kind=account", "10.0.0.9"),
    ]


def test_a_request_has_one_number_in_log_and_answer(client):
    answer = client.get("/audit.csv")
    assert SecurityEvent.objects.get(kind="download").request == answer["X-Request-ID"]


def test_it_is_narrowed(client, auditor, reporter):
    note(EventKind.PASSWORD, by=reporter)
    with held(Origin(number="n", address="172.16.3.4", path="/exchange/schools.xlsx?x=1")):
        note(EventKind.DOWNLOAD, by=reporter)
    assert kinds(client, person=reporter.username) == ["download", "password"]
    assert kinds(client, kind="password") == ["password"]
    assert kinds(client, address="172.16") == ["download"]
    assert kinds(client, what="schools.xlsx") == ["download"]
    assert kinds(client, until="2001-01-01") == []
    assert kinds(client, since="nonsense", kind="nonsense") == ["download", "password", "login"]


def test_other_districts_are_not_in_it(client, elsewhere, reporter):
    far = UserFactory(username="far", role="leader", region=elsewhere)
    note(EventKind.PASSWORD, by=far)
    note(EventKind.FAILED, about=far)
    note(EventKind.FAILED, about=reporter)
    note(EventKind.FAILED)
    assert kinds(client) == ["failed", "failed", "login"]


def test_the_file_is_what_the_page_shows(client, reporter):
    note(EventKind.CODE, by=reporter, about=reporter)
    content = client.get("/security.csv", {"kind": "code"}).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert rows[0] == ["时间", "事件", "用户名", "所涉账号", "网络地址", "页面", "说明", "请求编号"]
    assert [row[1:4] for row in rows[1:]] == [["发放一次性验证码", "reporter", "reporter"]]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "6.6.6.6", "10.0.0.1"),  # nobody in front: whatever is claimed is the visitor's own invention
        (1, "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (2, "6.6.6.6, 198.51.100.7, 10.9.9.9", "198.51.100.7"),
        (1, "", "10.0.0.1"),
        (1, "nonsense", None),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_visitors_address_behind_proxies(rf, settings, proxies, forwarded, expected):
    settings.PROXIES = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert client_address(rf.get("/", REMOTE_ADDR="10.0.0.1", **headers)) == expected


def test_a_proxys_request_number_is_kept_a_visitors_is_not(rf, settings):
    request = rf.get("/", HTTP_X_REQUEST_ID="abcdef-123456")
    settings.PROXIES = 1
    assert origin_of(request).number == "abcdef-123456"
    assert origin_of(rf.get("/", HTTP_X_REQUEST_ID="a b\n")).number != "a b\n"
    settings.PROXIES = 0
    assert origin_of(request).number != "abcdef-123456"
