"""How often and how much: counted in Redis, answered in words, not at all while Redis is away."""

import pytest
from redis.exceptions import ConnectionError

from apps.accounts.models import SecurityEvent
from apps.core import limits
from tests.factories import RegionFactory, UserFactory


@pytest.fixture
def administrator(client, db):
    user = UserFactory(role="administrator", region=RegionFactory())
    client.force_login(user)
    return user


def statuses(client, times, method="get", address="/audit.csv", **sent):
    return [getattr(client, method)(address, **sent).status_code for _each in range(times)]


@pytest.fixture
def few(settings):
    settings.RATE_LIMITS = {"login": 2, "upload": 2, "export": 2}


def test_files_out_are_limited_by_person(client, administrator, few, monkeypatch):
    monkeypatch.setattr(limits.time, "time", lambda: 1_000_000.0)
    assert statuses(client, 4) == [200, 200, 429, 429]
    refused = client.get("/audit.csv")
    assert refused["Retry-After"] == "60"
    assert "请等一分钟" in refused.content.decode()
    assert SecurityEvent.objects.filter(kind="limited", user=administrator).count() == 3
    client.force_login(UserFactory(role="auditor", region=administrator.region))
    assert statuses(client, 1) == [200]
    monkeypatch.setattr(limits.time, "time", lambda: 1_000_060.0)
    client.force_login(administrator)
    assert statuses(client, 1) == [200]


def test_files_in_are_limited(client, administrator, few):
    assert statuses(client, 3, "post", "/exchange/schools/", data={"x": "1"})[2] == 429


def test_logins_are_limited_by_address(client, db, few):
    sent = {"data": {"username": "a", "password": "b"}}
    assert statuses(client, 3, "post", "/login/", **sent) == [200, 200, 429]
    assert statuses(client, 1, "post", "/login/", **sent, REMOTE_ADDR="10.0.0.5") == [200]


def test_pages_are_not_limited(client, administrator, few):
    assert statuses(client, 5, address="/devices/") == [200] * 5


def test_without_redis_nothing_is_limited_and_the_log_says_so(
    client, administrator, few, monkeypatch, caplog
):
    def away(*_arguments):
        raise ConnectionError("away")

    monkeypatch.setattr(limits.cache, "incr", away, raising=False)
    assert statuses(client, 4) == [200] * 4
    assert "not limited (export): ConnectionError" in caplog.text


@pytest.mark.parametrize("length", ["33554433", "-1", "many"])
def test_a_request_beyond_any_file_is_refused_before_it_is_read(client, administrator, length):
    answer = client.post("/exchange/schools/", {"x": "1"}, CONTENT_LENGTH=length)
    assert answer.status_code == 413
    assert "32 MB" in answer.content.decode()


def test_too_many_fields_are_refused_in_words(client, administrator):
    answer = client.post("/password/", {f"field{number}": "1" for number in range(5001)})
    assert answer.status_code == 400
    assert "Traceback" not in answer.content.decode()
