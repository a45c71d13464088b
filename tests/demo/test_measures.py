from collections import Counter

import pytest

from apps.demo import story
from apps.demo.measures import CHAINS, definition
from apps.plans.enums import MeasureStatus
from apps.plans.measures.permissions import MAY
from apps.plans.measures.workflow import step_between
from apps.plans.models import Measure, MeasureStep, MeasureUpdate

pytestmark = pytest.mark.django_db


def test_courses_are_ways_of_the_workflow():
    for chain in CHAINS.values():
        before = MeasureStatus.NOT_STARTED
        for after in chain:
            assert step_between(before, after) is not None
            before = after


@pytest.mark.parametrize("stage", story.stage_names())
def test_shares_are_whole(stage):
    assert sum(definition()["stages"][stage].values()) == 100
    assert set(definition()["stages"][stage]) <= set(CHAINS)


def test_every_update_was_somebodys_to_make(complete):
    updates = MeasureUpdate.objects.select_related(
        "by", "measure__area__plan__policy", "measure__lead_office"
    )
    wrong = [
        update
        for update in updates.exclude(from_status="not_started", to_status="not_started")
        if not MAY[step_between(update.from_status, update.to_status).actor](update.by, update.measure)
    ]
    assert wrong == []


def test_the_updates_lead_to_the_status(complete):
    last = {}
    for update in MeasureUpdate.objects.order_by("at", "pk"):
        assert update.from_status == last.get(update.measure_id, "not_started")
        last[update.measure_id] = update.to_status
    assert {pk: last.get(pk, "not_started") for pk in Measure.objects.values_list("pk", flat=True)} == dict(
        Measure.objects.values_list("pk", "status")
    )


def test_the_district_shows_every_state(complete):
    counts = Counter(Measure.objects.values_list("status", flat=True))
    assert set(counts) == set(MeasureStatus.values)
    today = story.business_date("complete")
    assert 0 < Measure.objects.overdue_on(today).count() < 20
    assert Measure.objects.filter(due_on__isnull=True).exists()
    assert not Measure.objects.filter(completed_on__gt=today).exists()
    assert not MeasureUpdate.objects.filter(business_date__gt=today).exists()
    assert MeasureStep.objects.filter(status="open").exists()


def test_invented_due_dates_say_so(complete):
    dated = Measure.objects.filter(due_on__isnull=False).exclude(due_on="2025-12-31")
    told = MeasureUpdate.objects.filter(note__contains="演示数据").values("measure")
    assert dated.exclude(pk__in=told).count() == 0
