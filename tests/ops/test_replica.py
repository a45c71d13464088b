"""Reading from a replica: how far it is behind, who is read from where, and what happens when it fails.

A real streaming replica: python -m tests.ops.replica.
"""

import math
from contextlib import contextmanager

import pghistory.models
import pytest
from django.apps import apps
from django.db import OperationalError, connections, transaction
from django.db.utils import ProgrammingError
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from apps.accounts.models import User
from apps.accounts.security.models import SecurityEvent, Session
from apps.core import reading
from apps.dashboards.kept import stamps
from apps.plans.models import AnnualPlan
from lusong_edu.health import checks
from lusong_edu.replica import following, middleware
from lusong_edu.replica.following import Follower, State, words_of
from lusong_edu.replica.lag import Lag, Positions, position_of
from lusong_edu.replica.router import ReplicaRouter

router = ReplicaRouter()


@pytest.fixture(autouse=True)
def from_primary_again():
    yield
    reading.from_primary()


@pytest.mark.parametrize(
    ("text", "position"),
    [("0/10", 16), ("1/0", 1 << 32), ("16/B374D848", (0x16 << 32) + 0xB374D848)]
    + [(text, None) for text in ("", "0/", "0/1; DROP", "0/g", "000000000/1")],
)
def test_position(text, position):
    assert position_of(text) == position


@pytest.mark.parametrize(
    ("reached", "lag"),
    [(300, Lag(0, 0)), (999, Lag(0, 0)), (200, Lag(0, 1)), (150, Lag(1, 9)), (99, Lag(9, math.inf))],
    ids=["all of it", "ahead", "the latest is missing", "between two", "before the first"],
)
def test_lag_lies_between_what_is_missing_and_what_is_there(reached, lag):
    positions = Positions()
    for at, position in ((1, 100), (9, 200), (10, 300)):
        positions.note(at, position)
    assert positions.lag_of(reached, now=10) == lag


def asked(monkeypatch, answers):
    """Both servers' answers, by alias, for a follower of its own with a clock of its own."""
    now = [0.0]

    def ask(alias, statement):
        answer = answers[alias]
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(following, "_asked", ask)
    monkeypatch.setitem(connections.databases, "replica", dict(connections.databases["default"]))
    return Follower(clock=lambda: now[0]), now


def test_follower_takes_the_replica_within_the_limit_and_refuses_it_beyond(monkeypatch, settings, caplog):
    settings.REPLICA_LAG_SECONDS = 10
    answers = {"default": ("0/100",), "replica": (True, "0/100")}
    follower, now = asked(monkeypatch, answers)
    assert follower.reason_against(None) == ""
    answers["default"] = ("0/200",)
    for now[0] in (2.0, 10.0):
        assert follower.reason_against(None) == ""
    now[0] = 14.0
    assert follower.reason_against(None) == "lagging"
    assert words_of(follower.state()) == "it is 12 s behind: pages are read from the primary"
    answers["replica"] = (True, "0/200")
    now[0] = 16.0
    assert follower.reason_against(None) == ""
    assert [record.message for record in caplog.records if "lagging" in record.message] == [
        "the replica is lagging, was well",
        "the replica is well, was lagging",
    ]


def test_what_is_not_known_is_not_read(monkeypatch, settings):
    """After a start nothing of the past is known, and after a silence only its two ends are."""
    settings.REPLICA_LAG_SECONDS = 10
    answers = {"default": ("0/200",), "replica": (True, "0/100")}
    follower, now = asked(monkeypatch, answers)
    assert follower.reason_against(None) == "unknown"
    answers["replica"], now[0] = (True, "0/200"), 2.0
    assert follower.reason_against(None) == ""
    answers["default"], now[0] = ("0/300",), 600.0
    assert follower.reason_against(None) == "unknown"


def test_servers_are_asked_once_a_second(monkeypatch, settings):
    settings.REPLICA_LAG_SECONDS = 10
    answers = {"default": ("0/100",), "replica": OperationalError()}
    follower, now = asked(monkeypatch, answers)
    assert follower.reason_against(None) == "gone"
    answers["replica"] = (True, "0/100")
    now[0] = 4.9
    assert follower.reason_against(None) == "gone"
    now[0] = 5.1
    assert follower.reason_against(None) == ""
    answers["replica"] = (False, None)
    assert follower.reason_against(None) == ""
    follower.doubt()
    assert follower.reason_against(None) == "promoted"


def test_own_write_is_waited_for(monkeypatch, settings):
    settings.REPLICA_LAG_SECONDS = 10
    follower, _now = asked(monkeypatch, {"default": ("0/100",), "replica": (True, "0/100")})
    assert [follower.reason_against(text) for text in ("0/100", "0/101", "nonsense", None)] == [
        "",
        "own write",
        "",
        "",
    ]


def test_reading_goes_to_the_replica_and_what_must_not_be_old_does_not():
    reading.from_replica()
    assert router.db_for_read(AnnualPlan) == "replica"
    events = [model for model in apps.get_models() if issubclass(model, pghistory.models.Event)]
    assert len(events) > 10
    assert {router.db_for_read(model) for model in (Session, SecurityEvent, *events)} == {"default"}


def test_nothing_is_read_from_the_replica_after_a_write():
    reading.from_replica()
    assert router.db_for_write(User) == "default"
    assert router.db_for_read(AnnualPlan) == "default"


def test_nothing_is_read_from_the_replica_inside_a_transaction(db):
    reading.from_replica()
    with transaction.atomic():
        assert router.db_for_read(AnnualPlan) == "default"


def test_locks_are_taken_at_the_primary(settings):
    settings.DATABASE_ROUTERS = ["lusong_edu.replica.router.ReplicaRouter"]
    reading.from_replica()
    assert AnnualPlan.objects.all().db == "replica"
    assert AnnualPlan.objects.select_for_update().db == "default"


def test_no_table_is_made_at_the_replica():
    assert router.allow_migrate("replica", "plans") is False
    assert router.allow_migrate("default", "plans") is None


class Well:
    """A follower that finds nothing against the replica."""

    def __init__(self, reason=""):
        self.reason, self.doubts = reason, 0

    def reason_against(self, written):
        return "own write" if written else self.reason

    def doubt(self):
        self.doubts += 1


def answer(monkeypatch, view, *, method="GET", name="dashboards:overview", cookie=None, reason=""):
    """(response, follower) of a view under the middleware, as Django calls it."""
    follower = Well(reason)
    monkeypatch.setattr(middleware, "follower", follower)
    request = RequestFactory().generic(method, "/")
    if cookie:
        request.COOKIES[middleware.COOKIE] = cookie

    class Match:
        app_name, _, _rest = name.partition(":")
        view_name = name
        func, args, kwargs = staticmethod(view), (), {}

    request.resolver_match = Match

    def handle(request):
        chosen.process_view(request)
        try:
            return view(request)
        except Exception as error:
            if (found := chosen.process_exception(request, error)) is None:
                raise
            return found

    chosen = middleware.ReplicaMiddleware(handle)
    return chosen(request), follower


def where(request):
    return HttpResponse(reading.alias())


@pytest.mark.parametrize(
    ("more", "alias"),
    [
        ({}, "replica"),
        ({"method": "HEAD"}, "replica"),
        ({"name": "reports:documents"}, "replica"),
        ({"method": "POST"}, "default"),
        ({"name": "collection:form"}, "default"),
        ({"name": "dashboards:audit"}, "default"),
        ({"cookie": "0/1"}, "default"),
        ({"reason": "gone"}, "default"),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_who_is_read_from_where(monkeypatch, settings, more, alias):
    settings.REPLICA_LAG_SECONDS = 10
    response, _follower = answer(monkeypatch, where, **more)
    assert response.content.decode() == alias
    assert reading.alias() == "default"


def test_a_write_is_remembered_by_the_browser_for_longer_than_the_replica_may_lag(monkeypatch, settings, db):
    settings.REPLICA_LAG_SECONDS = 10
    written = answer(monkeypatch, where, method="POST")[0].cookies[middleware.COOKIE]
    assert position_of(written.value)
    assert (written["max-age"], written["httponly"], written["samesite"]) == (70, True, "Lax")
    assert middleware.COOKIE not in answer(monkeypatch, where)[0].cookies


def test_a_page_that_writes_while_it_is_read_is_remembered_as_well(monkeypatch, settings, db):
    settings.REPLICA_LAG_SECONDS = 10

    def writes(request):
        router.db_for_write(User)
        return where(request)

    response, _follower = answer(monkeypatch, writes)
    assert (response.content, middleware.COOKIE in response.cookies) == (b"default", True)


@pytest.mark.parametrize("error", [OperationalError, ProgrammingError])
@pytest.mark.django_db(transaction=True)
def test_what_the_replica_cannot_answer_is_asked_of_the_primary(monkeypatch, error):
    def fails(request):
        if reading.alias() == "replica":
            raise error
        return where(request)

    response, follower = answer(monkeypatch, fails)
    assert (response.content, follower.doubts) == (b"default", 1)


@pytest.mark.django_db(transaction=True)
def test_other_errors_and_the_primarys_own_stay_what_they_are(monkeypatch):
    def missing(request):
        raise Http404

    def down(request):
        raise OperationalError

    with pytest.raises(Http404):
        answer(monkeypatch, missing)
    with pytest.raises(OperationalError):
        answer(monkeypatch, down)


class Listening:
    """A connection that writes down what it is asked."""

    def __init__(self):
        self.asked = []

    @contextmanager
    def cursor(self):
        yield self

    def execute(self, statement, parameters):
        self.asked.append(statement)

    def fetchone(self):
        return ["", "stamp"]


def test_statements_in_words_of_their_own_go_to_the_replica_too(monkeypatch):
    monkeypatch.setitem(connections.databases, "replica", dict(connections.databases["default"]))
    connections["replica"] = replica = Listening()
    try:
        reading.from_replica()
        assert stamps.stamp_at("", region_id=1) == "stamp"
    finally:
        del connections["replica"]
    assert len(replica.asked) == 1


def test_health_tells_of_a_replica_where_there_is_one(monkeypatch, settings):
    assert list(checks.check_replica()) == []
    monkeypatch.setitem(settings.DATABASES, "replica", {})
    monkeypatch.setattr(checks.follower, "state", lambda: State("gone"))
    (check,) = checks.check_replica()
    assert (check.is_well, check.words) == (False, "it cannot be reached: pages are read from the primary")
