"""The first acceptance of a process finds its statements planned and its definitions read."""

from types import SimpleNamespace

import pytest
from celery.fixups.django import DjangoWorkerFixup
from django.db import DatabaseError, connection, transaction

from apps.core import prepared
from apps.plans.models import DataElement
from apps.reviews.signals import values_accepted
from apps.rollups import known, outbox, warming
from apps.rollups.models import Result
from lusong_edu.celery import app
from tests.rollups.district import District


@pytest.fixture
def district(transactional_db):
    built = District()
    built.rate = built.indicator("good", "tested")
    built.drills = built.indicator("drills", aggregation="sum", kind="count", accumulation="flow")
    built.a_school = built.school()
    built.owe(built.a_school, 4, ["good", "tested", "drills"])
    built.refresh()
    return built


def fresh_connection():
    connection.close()
    known._KEPT.clear()
    connection.ensure_connection()
    return connection.connection


def accept(district, **facts):
    with transaction.atomic():
        submission = district.accept(district.a_school, 4, **facts)
        elements = list(DataElement.objects.filter(code__in=facts).values_list("pk", flat=True))
        values_accepted.send(None, submission=submission, element_ids=elements, by=district.user)


def test_after_a_rehearsal_nothing_has_to_be_planned_or_read(district):
    driver = fresh_connection()
    before = list(Result.objects.order_by("pk").values()), type(district.plan).objects.get().generation
    warming.warm_up()
    assert before == (
        list(Result.objects.order_by("pk").values()),
        type(district.plan).objects.get().generation,
    )
    planned, read = set(prepared._KNOWN[driver]), set(known._KEPT[district.plan.pk].loaded)
    accept(district, good=3, tested=4, drills=2)
    outbox.refresh_pending()
    assert district.result(district.rate, 4).numerator == 3
    assert district.result(district.drills, 4).numerator == 2
    assert prepared._KNOWN[driver] == planned != set()
    assert set(known._KEPT[district.plan.pk].loaded) == read


def test_a_database_that_is_away_is_told_and_left_to_others(caplog, monkeypatch):
    def away(*_args, **_kwargs):
        raise DatabaseError

    monkeypatch.setattr(warming.AnnualPlan.objects, "order_by", away)
    warming.warm_up()
    assert "the first acceptance will take longer: DatabaseError" in caplog.text


def test_a_task_leaves_the_connection_to_the_next(db):
    """Celery would close it before and after each."""
    celery, task = DjangoWorkerFixup(app), SimpleNamespace(request=SimpleNamespace(is_eager=False))
    driver = connection.connection
    celery.on_task_prerun(sender=task)
    celery.on_task_postrun(sender=task)
    assert connection.connection is driver is not None
