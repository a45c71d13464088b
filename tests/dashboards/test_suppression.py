from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from apps.accounts.enums import Role
from apps.plans.enums import Privacy
from apps.plans.models import Indicator
from apps.rollups.suppression import QuarterFigure, Viewer, hidden_quarters, is_small, viewer_of
from tests.factories import OfficeFactory, UserFactory

SMALL = Indicator(privacy=Privacy.SMALL_CELL, lead_office_id=7)


@pytest.mark.parametrize(
    ("numerator", "denominator", "small"),
    [
        (10, 100, False),
        (9, 100, True),
        (95, 100, True),
        (90, 100, False),
        (0, 0, True),
        (9, None, True),
        (10, None, False),
        (None, None, False),
    ],
)
def test_a_cell_is_small_by_numerator_denominator_or_complement(numerator, denominator, small):
    cells = [None if cell is None else Decimal(cell) for cell in (numerator, denominator)]
    assert is_small(*cells, threshold=10) == small


def figures(**quarters):
    return {int(name[1:]): QuarterFigure(*map(Decimal, pair)) for name, pair in quarters.items()}


STRANGER = Viewer(sees_all=False, office_ids=frozenset(), threshold=10)


def test_a_year_that_grows_does_not_tell_a_small_quarter():
    """20 until June and 24 until September would tell that 4 came in the third quarter."""
    flow = Indicator(privacy=Privacy.SMALL_CELL, lead_office_id=7, accumulation="flow")
    year = figures(q1=(20, 100), q2=(32, 150), q3=(36, 190), q4=(45, 230))
    assert hidden_quarters(flow, year, STRANGER) == {3}
    assert hidden_quarters(SMALL, year, STRANGER) == set()
    assert hidden_quarters(flow, year, replace(STRANGER, sees_all=True)) == set()


def test_a_quarter_without_a_report_tells_nothing_and_one_with_nothing_new_does():
    flow = Indicator(privacy=Privacy.SMALL_CELL, lead_office_id=7, accumulation="flow")
    year = figures(q1=(20, 100), q2=(20, 100))
    assert hidden_quarters(flow, year, STRANGER) == {2}
    waiting = year | {2: replace(year[2], is_fresh=False)}
    assert hidden_quarters(flow, waiting, STRANGER) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.OFFICE, Role.DEPUTY, Role.LEADER, Role.ADMINISTRATOR, Role.AUDITOR])
def test_who_sees_a_small_total(role):
    office, other = OfficeFactory(), OfficeFactory()
    user = UserFactory(role=role, organisation=office if role == Role.OFFICE else None)
    if role == Role.DEPUTY:
        user.offices_led.add(office)
    viewer = viewer_of(user, threshold=10)
    own = Indicator(privacy=Privacy.SMALL_CELL, lead_office_id=office.pk)
    foreign = Indicator(privacy=Privacy.SMALL_CELL, lead_office_id=other.pk)
    cells = figures(q2=(8, 200))
    assert bool(hidden_quarters(own, cells, viewer)) == (role in (Role.ADMINISTRATOR, Role.AUDITOR))
    assert bool(hidden_quarters(foreign, cells, viewer)) == (role != Role.LEADER)
