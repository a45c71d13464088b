"""What machines ask: alive, well, and numbers; without a secret and told apart from people's needs."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from apps.core import heartbeats
from apps.core.models import Heartbeat
from apps.rollups.models import StaleResult
from lusong_edu.celery import QUEUES
from lusong_edu.health import checks, metrics
from tests.support.returns import accept_all, make_district, submit

NAMES = ["database", "migrations", "redis", "disk", "beat", *(f"worker:{queue}" for queue in QUEUES), "stale"]


@pytest.fixture
def alive(db):
    for queue in QUEUES:
        heartbeats.beat(heartbeats.QUEUE + queue)
    heartbeats.beat(heartbeats.BEAT)


def states(client, query=""):
    answer = client.get(f"/readyz{query}")
    found = {name: check["ok"] for name, check in answer.json()["checks"].items()}
    return answer.status_code, found


def unwell(client):
    return [name for name, is_well in states(client)[1].items() if not is_well]


@pytest.fixture
def database_gone(monkeypatch):
    class Gone:
        def cursor(self):
            raise OperationalError("connection to server on socket /secret/place failed for user lusong")

    monkeypatch.setattr(checks, "connection", Gone())


def test_alive_without_a_database(client):
    """Not marked for the database: asking it would fail the test."""
    assert client.get("/healthz").json() == {"alive": True}


def test_well_when_everything_is(client, alive):
    assert states(client) == (200, dict.fromkeys(NAMES, True))


def test_nothing_has_shown_life_yet(client, db):
    assert unwell(client) == ["beat", *(f"worker:{queue}" for queue in QUEUES)]


@pytest.mark.parametrize(
    ("name", "check", "age"),
    [("beat", "beat", 70), ("queue:reports", "worker:reports", 200), ("queue:rollup", "worker:rollup", -90)],
    ids=["beat", "worker", "clock set back"],
)
def test_silence_is_told(client, alive, name, check, age):
    Heartbeat.objects.filter(name=name).update(at=timezone.now() - dt.timedelta(seconds=age))
    assert unwell(client) == [check]


def test_result_that_waits_too_long_is_told(client, alive):
    accept_all(district := make_district(), submit(district, 1))
    assert unwell(client) == []
    StaleResult.objects.update(created_at=timezone.now() - dt.timedelta(minutes=6))
    assert unwell(client) == ["stale"]


def test_full_disk_is_told(client, alive, monkeypatch):
    monkeypatch.setattr(checks, "disk_usage", lambda: (100, 96, 4))
    assert unwell(client) == ["disk"]


def test_redis_gone_is_told_and_does_not_concern_people(client, alive, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert unwell(client) == ["redis"]
    assert states(client, "?only=serving") == (200, {"database": True, "migrations": True})


def test_missing_migration_is_told(client, alive):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'rollups' AND name LIKE '0004%%'")
    status, found = states(client, "?only=serving")
    assert (status, found) == (503, {"database": True, "migrations": False})
    assert "1 are not applied" in client.get("/readyz").json()["checks"]["migrations"]["says"]


def test_database_gone_is_told_without_its_secrets(client, database_gone):
    status, found = states(client)
    assert (status, found["database"]) == (503, False)
    assert re.search("secret|lusong", client.get("/readyz").content.decode()) is None
    assert client.get("/metrics").status_code == 200


def test_an_old_sign_from_another_machines_clock_does_not_count(alive):
    """Signs are written and read by the database's clock, whatever the machine's says."""
    ages = heartbeats.ages()
    assert all(dt.timedelta(0) <= age < dt.timedelta(seconds=60) for age in ages.values())


def families(client, **headers):
    text = client.get("/metrics", **headers).content.decode()
    return {family.name: family for family in text_string_to_metric_families(text)}


def sample(client, family, name, **labels):
    return [
        one.value
        for one in families(client)[family].samples
        if one.name == name and labels.items() <= one.labels.items()
    ]


def test_metrics_tell_states_and_count_requests(client, alive):
    before = sum(sample(client, "lusong_requests", "lusong_requests_total", view="home", status="302"))
    client.get("/")
    assert sample(client, "lusong_requests", "lusong_requests_total", view="home", status="302") == [
        before + 1
    ]
    assert sample(client, "lusong_check_ok", "lusong_check_ok", check="beat") == [1]
    assert sample(client, "lusong_queue_length", "lusong_queue_length", queue="rollup") == [0]
    assert sample(client, "lusong_stale_results", "lusong_stale_results") == [0]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"REMOTE_ADDR": "10.0.0.9"}, 404),
        ({"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404),
        ({"REMOTE_ADDR": ""}, 404),
        ({"REMOTE_ADDR": "10.0.0.9", "HTTP_AUTHORIZATION": "Bearer right"}, 200),
        ({"HTTP_AUTHORIZATION": "Bearer wrong"}, 404),
    ],
)
def test_metrics_are_for_the_monitor_alone(client, db, settings, headers, status):
    settings.METRICS_TOKEN = "right"
    assert client.get("/metrics", **headers).status_code == status


def test_without_a_token_none_is_the_right_one(client, db):
    headers = {"REMOTE_ADDR": "10.0.0.9", "HTTP_AUTHORIZATION": "Bearer "}
    assert client.get("/metrics", **headers).status_code == 404


def test_processes_count_together(tmp_path, run_python):
    """Two processes of a machine write to one folder; what one of them shows is the sum."""
    code = """
import os
from lusong_edu.health import metrics
child = os.fork()
metrics.TASKS.labels("a", "SUCCESS").inc()
if child:
    os.waitpid(child, 0)
    print(metrics.counted().decode())
"""
    shown = run_python(code, PROMETHEUS_MULTIPROC_DIR=str(tmp_path))
    assert 'lusong_tasks_total{state="SUCCESS",task="a"} 2.0' in shown


def test_a_process_of_its_own_shows_itself():
    metrics.TASKS.labels("mine", "SUCCESS").inc()
    assert b'lusong_tasks_total{state="SUCCESS",task="mine"} 1.0' in metrics.counted()
