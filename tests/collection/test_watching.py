import datetime as dt

import pytest

from apps.collection.models import Assignment, PeriodEvent
from apps.collection.services import period_events_note
from apps.collection.tasks import watch_periods
from apps.core import clock, heartbeats
from apps.core.models import BusinessClock
from tests.support.returns import make_district, submit

# The first quarter opens on 21 March, is due on 10 April and closes some days later.
IN_TIME = dt.date(2025, 4, 2)


@pytest.fixture
def district(db):
    return make_district()


def events():
    return list(
        PeriodEvent.objects.order_by("on").values_list(
            "period__quarter", "kind", "on", "n_owing", "n_arrived"
        )
    )


def test_dates_are_noted_once_when_they_have_come(district):
    period = district.periods[1]
    with clock.held_at(IN_TIME):
        submit(district, 1)
        period_events_note(plan=district.plan)
        period_events_note(plan=district.plan)
    assert events() == [(1, "opened", period.opens_on, 3, 0)]
    with clock.held_at(period.due_on):
        assert period_events_note(plan=district.plan) == []
    with clock.held_at(period.due_on + dt.timedelta(days=1)):
        period_events_note(plan=district.plan)
    assert events()[1:] == [(1, "late", period.due_on + dt.timedelta(days=1), 3, 1)]
    assert PeriodEvent.objects.get(kind="late").n_missing == 2


def test_an_event_noted_late_says_what_was_true_on_its_day(district):
    period = district.periods[1]
    with clock.held_at(period.due_on + dt.timedelta(days=2)):
        submit(district, 1)
    with clock.held_at(period.closes_on + dt.timedelta(days=1)):
        period_events_note(plan=district.plan)
    assert [(kind, arrived) for _quarter, kind, _on, _owing, arrived in events()] == [
        ("opened", 0),
        ("late", 0),
        ("closed", 1),
    ]


def test_what_was_withdrawn_is_owed_by_nobody(district):
    Assignment.objects.filter(organisation=district.finance).update(withdrawn_on=IN_TIME)
    with clock.held_at(IN_TIME):
        period_events_note(plan=district.plan)
    assert PeriodEvent.objects.get().n_owing == 2


def test_a_moved_date_is_noted_again(district):
    period = district.periods[1]
    with clock.held_at(period.due_on + dt.timedelta(days=1)):
        period_events_note(plan=district.plan)
    period.due_on += dt.timedelta(days=2)
    period.save()
    with clock.held_at(period.due_on + dt.timedelta(days=1)):
        period_events_note(plan=district.plan)
    assert [kind for _quarter, kind, *_rest in events()].count("late") == 2


def test_the_task_follows_the_business_clock_and_shows_life(district):
    BusinessClock.objects.create(fixed_date=IN_TIME)
    watch_periods()
    assert PeriodEvent.objects.count() == 1
    assert heartbeats.latest()[heartbeats.PERIODS].detail == {"events": 1}
    watch_periods()
    assert heartbeats.latest()[heartbeats.PERIODS].detail == {"events": 0}
