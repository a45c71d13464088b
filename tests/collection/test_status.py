import datetime as dt
from types import SimpleNamespace

import pytest

from apps.collection.completeness import completeness_of
from apps.collection.status import data_state, was_late
from apps.core import clock
from apps.organisations.models import Organisation
from tests.support.returns import accept_all, submit, write

PERIOD = SimpleNamespace(opens_on=dt.date(2025, 6, 20), due_on=dt.date(2025, 7, 10))


@pytest.mark.parametrize(
    ("assigned", "status", "today", "state"),
    [
        (False, None, dt.date(2025, 7, 1), "not_due"),
        (False, "accepted", dt.date(2025, 7, 1), "not_due"),
        (True, None, dt.date(2025, 6, 19), "not_due"),
        (True, None, dt.date(2025, 6, 20), "due"),
        (True, "draft", dt.date(2025, 7, 10), "due"),
        (True, "draft", dt.date(2025, 7, 11), "late"),
        (True, "signing", dt.date(2025, 7, 11), "late"),
        (True, "submitted", dt.date(2025, 7, 11), "waiting"),
        (True, "returned", dt.date(2025, 7, 11), "returned"),
        (True, "reopened", dt.date(2025, 7, 11), "returned"),
        (True, "accepted", dt.date(2025, 7, 11), "accepted"),
    ],
)
def test_the_state_of_a_return(assigned, status, today, state):
    assert data_state(assigned=assigned, status=status, period=PERIOD, today=today) == state


def test_late_is_judged_by_the_first_arrival():
    assert was_late(submitted_on=dt.date(2025, 7, 11), due_on=PERIOD.due_on)
    assert not was_late(submitted_on=dt.date(2025, 7, 10), due_on=PERIOD.due_on)
    assert not was_late(submitted_on=None, due_on=PERIOD.due_on)


@pytest.mark.django_db
def test_completeness_counts_who_owes_something_by_state(district, django_assert_num_queries):
    accept_all(district, submit(district, 1))
    write(district, 2, {"pupils": "900"})
    schools = Organisation.objects.schools()
    with clock.held_at(dt.date(2025, 7, 12)), django_assert_num_queries(2):
        found = completeness_of(plan=district.plan, organisations=schools)
    assert [dict(each.counts) for each in found] == [
        {"accepted": 1, "late": 1},
        {"late": 2},
        {"not_due": 2},
        {"not_due": 2},
    ]
    assert [(each.total, each.accepted, each.arrived) for each in found[:2]] == [(2, 1, 1), (2, 0, 0)]
