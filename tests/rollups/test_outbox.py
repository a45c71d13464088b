"""Nothing accepted is ever lost: not by an error, a dead broker, two workers at once or a killed one."""

import datetime as dt
import socket
import threading
import time
from contextlib import contextmanager

import pytest
from django.db import connection, connections, transaction

from apps.collection.services import assignments_generate
from apps.collection.signals import facts_withdrawn
from apps.core import broker, clock
from apps.organisations.models import SchoolProfile
from apps.plans.models import AnnualPlan, DataElement
from apps.reviews.signals import values_accepted
from apps.rollups import outbox, refreshing
from apps.rollups.models import Judgement, RebuildRun, Result, StaleResult
from apps.rollups.services import rebuild
from apps.rollups.tasks import nightly_rebuild, refresh_stale, sweep_stale_results
from lusong_edu.celery import app
from tests.rollups.district import District


@pytest.fixture
def district(transactional_db):
    built = District()
    built.rate = built.indicator("good", "tested", due_quarters=[1, 2])
    built.other = built.indicator("plays", aggregation="sum", kind="count")
    built.a_school = built.school()
    built.owe(built.a_school, 1, ["good", "tested"])
    StaleResult.objects.all().delete()
    return built


def accept(district, *, quarter=1, school=None, **facts):
    """What the reviews app does: facts, outbox and the nudge in one transaction."""
    with transaction.atomic():
        submission = district.accept(school or district.a_school, quarter, **facts)
        elements = list(DataElement.objects.filter(code__in=facts).values_list("pk", flat=True))
        values_accepted.send(None, submission=submission, element_ids=elements, by=district.user)


@contextmanager
def nudges(monkeypatch):
    sent = []
    monkeypatch.setattr(refresh_stale, "apply_async", lambda **options: sent.append(options))
    yield sent


def numerator(district, quarter=1):
    result = district.result(district.rate, quarter)
    return result and result.numerator


def test_an_acceptance_writes_one_row_for_each_indicator_and_one_nudge(district, monkeypatch):
    with nudges(monkeypatch) as sent, transaction.atomic():
        accept(district, good=1, tested=2)
        accept(district, good=1, tested=2)
    rows = StaleResult.objects.values_list("indicator", "period__quarter", "region__code")
    assert list(rows) == [(district.rate.pk, 1, "430203")] * 2
    assert len(sent) == 1


def test_a_fact_that_is_withdrawn_makes_its_results_stale(district, monkeypatch):
    submission = district.accept(district.a_school, 1, good=1)
    element = DataElement.objects.get(code="good").pk
    with nudges(monkeypatch):
        facts_withdrawn.send(None, submission=submission, element_ids=[element], by=None)
    assert StaleResult.objects.count() == 1


def test_an_acceptance_undone_leaves_nothing(district, monkeypatch):
    with nudges(monkeypatch) as sent, transaction.atomic():
        accept(district, good=1, tested=2)
        transaction.set_rollback(True)
    assert (StaleResult.objects.count(), len(sent)) == (0, 0)


def test_a_refresh_empties_the_outbox_and_reaches_the_later_quarters(district, monkeypatch):
    with nudges(monkeypatch):
        accept(district, good=1, tested=2)
    refresh_stale()
    assert StaleResult.objects.count() == 0
    assert set(Result.objects.values_list("period__quarter", flat=True)) == {1, 2, 3, 4}
    assert set(Result.objects.values_list("indicator", flat=True)) == {district.rate.pk}
    assert numerator(district) == 1


def test_quarters_before_the_change_are_left_alone(district, monkeypatch):
    district.owe(district.a_school, 2, ["good", "tested"])
    with nudges(monkeypatch):
        accept(district, quarter=2, good=1, tested=2)
    refresh_stale()
    assert set(Result.objects.values_list("period__quarter", flat=True)) == {2, 3, 4}


def test_an_empty_outbox_is_no_work(district):
    sweep_stale_results()
    assert AnnualPlan.objects.get().generation == 0


def test_a_failure_leaves_the_outbox_and_the_results(district, monkeypatch):
    with nudges(monkeypatch):
        accept(district, good=1, tested=2)
    monkeypatch.setattr(refreshing.judgements, "update", lambda **_: 1 / 0)
    refresh_stale()
    assert (StaleResult.objects.count(), Result.objects.count()) == (1, 0)
    monkeypatch.undo()
    sweep_stale_results()
    assert (StaleResult.objects.count(), numerator(district)) == (0, 1)


def test_a_broken_indicator_does_not_hold_up_the_others(district, monkeypatch):
    with nudges(monkeypatch):
        accept(district, good=1, tested=2)
        district.report(district.a_school, 1, plays=3)
        accept(district, plays=3)
    type(district.other).objects.filter(pk=district.other.pk).update(numerator="plays +")
    refresh_stale()
    assert list(StaleResult.objects.values_list("indicator", flat=True)) == [district.other.pk]
    assert numerator(district) == 1


@pytest.mark.parametrize("kill", ["connection refused", "no answer"])
def test_a_dead_broker_costs_at_most_two_seconds_and_no_number(district, kill, monkeypatch, tmp_path):
    with broken_broker(kill, monkeypatch, tmp_path):
        started = time.monotonic()
        accept(district, good=1, tested=2)
        assert time.monotonic() - started < 2
    assert StaleResult.objects.count() == 1
    sweep_stale_results()
    assert (StaleResult.objects.count(), numerator(district)) == (0, 1)


@contextmanager
def broken_broker(kind, monkeypatch, folder):
    """A broker address where nobody listens, or where somebody listens and never answers."""
    path = str(folder / "redis.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        if kind == "no answer":
            listener.bind(path)
            listener.listen()
        url = f"redis+socket://{path}"
        broker.forget()
        connect = app.connection_for_write
        monkeypatch.setattr(app, "connection_for_write", lambda *_, **__: connect(url))
        yield


def test_two_workers_at_once_lose_and_double_nothing(district, monkeypatch):
    with nudges(monkeypatch):
        accept(district, good=1, tested=2)
        held, release = threading.Event(), threading.Event()
        first = threading.Thread(target=slow_refresh, args=(held, release, monkeypatch))
        first.start()
        assert held.wait(10)
        second_school = district.school()
        district.owe(second_school, 1, ["good", "tested"])
        accept(district, school=second_school, good=5, tested=5)
        second = threading.Thread(target=in_thread, args=(outbox.refresh_pending,))
        second.start()
        time.sleep(0.3)
        assert second.is_alive()
        release.set()
        first.join(20), second.join(20)
    assert (StaleResult.objects.count(), numerator(district)) == (0, 6)
    assert Judgement.objects.count() == Result.objects.count()


def slow_refresh(held, release, monkeypatch):
    """Refresh, but stop inside the transaction, with the lock, until released."""
    update = refreshing.judgements.update
    me = threading.current_thread()

    def wait_first(**options):
        if threading.current_thread() is me:
            held.set()
            release.wait(10)
        return update(**options)

    monkeypatch.setattr(refreshing.judgements, "update", wait_first)
    in_thread(outbox.refresh_pending)


def in_thread(function):
    try:
        function()
    finally:
        connections.close_all()


def test_new_duties_make_the_coverage_stale(district, monkeypatch):
    with nudges(monkeypatch) as sent:
        assignments_generate(plan=district.plan)
        assert set(StaleResult.objects.values_list("indicator", flat=True)) == {
            district.rate.pk,
            district.other.pk,
        }
        refresh_stale()
        assignments_generate(plan=district.plan)
    assert (StaleResult.objects.count(), len(sent)) == (0, 1)
    assert district.result(district.other, 2).n_due == 1


@pytest.mark.parametrize(
    "change", ["target", "baseline", "definition", "policy", "profile", "closure", "stage"]
)
def test_changes_besides_facts_make_results_stale(district, change, monkeypatch):
    with nudges(monkeypatch), clock.held_at(dt.date(2025, 12, 15)):
        make(district, change)
    expected = {
        "target": {district.rate.pk},
        "baseline": {district.rate.pk},
        "definition": {district.rate.pk},
    }
    both = {district.rate.pk, district.other.pk}
    assert set(StaleResult.objects.values_list("indicator", flat=True)) == expected.get(change, both)
    since = 3 if change in ("profile", "closure", "stage") else 1
    assert set(StaleResult.objects.values_list("period__quarter", flat=True)) == {since}


def make(district, change):
    august = dt.date(2025, 8, 1)
    if change == "target":
        district.target(district.rate, "at_least", 50)
    elif change == "baseline":
        district.baseline(district.rate, 1, 2)
    elif change == "definition":
        district.rate.save()
    elif change == "policy":
        district.plan.policy.save()
    elif change == "closure":
        district.a_school.closed_on = august
        district.a_school.save()
    else:
        row = {"profile": district.a_school.profiles, "stage": district.a_school.stages}[change].get()
        row.valid_to = august
        row.save()


def test_a_confirmed_target_lights_the_light(district, monkeypatch):
    with nudges(monkeypatch):
        accept(district, good=1, tested=2)
        refresh_stale()
        assert district.result(district.rate, 1).judgement.status == "no_target"
        district.target(district.rate, "at_least", 50)
        refresh_stale()
    judgement = district.result(district.rate, 1).judgement
    assert (judgement.status, judgement.target_revision.number) == ("achieved", 1)
    assert AnnualPlan.objects.get().generation == 2


def test_the_nightly_rebuild_finds_what_a_bulk_write_hid(district, monkeypatch):
    with nudges(monkeypatch):
        accept(district, good=1, tested=2)
        refresh_stale()
        SchoolProfile.objects.update(ownership="private")
        accept(district, good=2, tested=2)
        nightly_rebuild()
        nightly_rebuild()
    runs = RebuildRun.objects.order_by("pk")
    assert (StaleResult.objects.count(), numerator(district)) == (0, 2)
    assert [len(run.differences) for run in runs] == [len(runs[0].differences), 0]


def test_a_rebuild_settles_what_the_outbox_asked_for(district, monkeypatch):
    with nudges(monkeypatch):
        accept(district, good=1, tested=2)
    rebuild(plan=district.plan)
    assert (StaleResult.objects.count(), numerator(district)) == (0, 1)


def test_two_refreshes_of_two_plans_do_not_wait_for_each_other(district):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [refreshing.LOCK_CLASS, district.plan.pk + 1])
        district.refresh()
        cursor.execute("SELECT pg_advisory_unlock_all()")


@pytest.mark.worker
def test_an_accepted_number_is_there_within_two_seconds(district, celery_worker_process):
    accept(district, good=1, tested=2)
    assert appears(lambda: numerator(district) == 1, seconds=2)
    accept(district, good=2, tested=2)
    assert appears(lambda: numerator(district) == 2, seconds=2)


@pytest.mark.worker
def test_a_worker_killed_in_the_middle_loses_nothing(district, celery_worker_process):
    with transaction.atomic():
        refreshing.lock(plan=district.plan)
        in_other_connection(lambda: accept(district, good=1, tested=2))
        assert appears(lambda: waiting_for_the_lock() == 1, seconds=10)
        celery_worker_process.kill()
    assert appears(lambda: waiting_for_the_lock() == 0, seconds=10)
    assert (StaleResult.objects.count(), numerator(district)) == (1, None)
    celery_worker_process.start()
    sweep_stale_results.apply_async()
    assert appears(lambda: numerator(district) == 1, seconds=10)
    assert appears(lambda: StaleResult.objects.count() == 0, seconds=5)


def waiting_for_the_lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return cursor.fetchone()[0]


def in_other_connection(function):
    thread = threading.Thread(target=in_thread, args=(function,))
    thread.start()
    thread.join(20)


def appears(condition, *, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()
