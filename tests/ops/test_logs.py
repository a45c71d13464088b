"""Logs name request, task and job, and nobody."""

import io
import json
import logging

import pytest
from celery import shared_task
from django.db import IntegrityError, transaction

from apps.core.requests import Origin, held
from lusong_edu.logs import JsonFormatter, error_words, veiled
from lusong_edu.tracing import HEADER, begin, end, send_number
from tests.factories import UserFactory

PERSON = {
    "name": "王小明示例",
    "mail": "wang.xm@example.cn",
    "phone": "13812345678",
    "id": "430203199003070015",
}


@pytest.fixture
def lines():
    """Everything logged during the test as production would write it: a function that returns the lines."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def test_request_is_named_in_the_log_and_in_the_answer(client, db, lines):
    answer = client.get("/accounts/login/?next=/people/?q=王小明示例")
    said = [line for line in lines() if line["logger"] == "lusong.requests"]
    assert len(said) == 1
    assert said[0]["request"] == answer["X-Request-ID"]
    assert (said[0]["method"], said[0]["status"]) == ("GET", answer.status_code)
    assert set(said[0]) <= {"at", "level", "logger", "message", "request", "method", "view", "status", "ms"}


def test_health_checks_do_not_fill_the_log(client, lines):
    client.get("/healthz")
    assert lines() == []


def test_no_personal_data_in_any_line(client, db, lines):
    """A person's page, a failed login, an unknown address, a refused row and a broken task."""
    user = UserFactory(role="leader", name=PERSON["name"], email=PERSON["mail"])
    client.post("/accounts/login/", {"username": user.username, "password": PERSON["phone"]})
    client.get(f"/nowhere/{PERSON['id']}/?q={PERSON['name']}")
    client.force_login(user)
    client.get(f"/search/?q={PERSON['name']}")
    try:
        with transaction.atomic():
            UserFactory(role="reporter", name=PERSON["name"], email=PERSON["mail"])
    except IntegrityError:
        logging.getLogger("apps.test").exception("could not save %s", PERSON["phone"])
    try:
        raise ValueError(f"bad cell {PERSON['name']} {PERSON['id']} '{user.username}'")
    except ValueError:
        logging.getLogger("apps.test").exception("failed")
    text = json.dumps(lines(), ensure_ascii=False)
    assert len(lines()) >= 4
    assert [word for word in (*PERSON.values(), user.username) if word in text] == []


def test_error_says_kind_and_place_and_its_cause():
    try:
        try:
            int("")
        except ValueError as error:
            raise RuntimeError("could not read 王小明") from error
    except RuntimeError as error:
        outer, inner = error_words(error)
    assert (outer["kind"], outer["says"], inner["kind"]) == ("RuntimeError", "could not read …", "ValueError")
    assert outer["where"][0].endswith("test_error_says_kind_and_place_and_its_cause")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("phone 13812345678.", "phone ***."),
        ("430203199003070015 and a.b@c.gov.cn", "*** and ***"),
        ("duplicate key\nDETAIL:  Key (name)=(王小明) already exists.", "duplicate key"),
        ("job 41 of 2025 took 600 s", "job 41 of 2025 took 600 s"),
    ],
)
def test_veiled(text, shown):
    assert veiled(text) == shown


@shared_task
def speak() -> None:
    logging.getLogger("apps.test").info("speaking")


def test_request_number_travels_with_the_task(lines):
    headers: dict[str, object] = {}
    with held(Origin(number="abc-12345")):
        send_number(headers=headers)
    assert headers == {HEADER: "abc-12345"}
    speak.push_request(id="t-1", **headers)
    begin(task_id="t-1", task=speak, args=())
    speak.run()
    end(task_id="t-1", task=speak, state="SUCCESS")
    speak.pop_request()
    speak.run()
    first, second = [line for line in lines() if line["message"] == "speaking"]
    assert (first["request"], first["task"], first["task_id"]) == ("abc-12345", speak.name, "t-1")
    assert ("request" in second, "task" in second) == (False, False)
