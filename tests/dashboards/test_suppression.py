from __future__ import annotations

from decimal import Decimal

import pytest

from apps.accounts.enums import Role
from apps.plans.enums import Privacy
from apps.plans.models import Indicator
from apps.rollups.suppression import hidden_parts, hides_total, is_small, viewer_of
from tests.factories import OfficeFactory, UserFactory

SMALL = Indicator(privacy=Privacy.SMALL_CELL, lead_office_id=7)
OPEN = Indicator(privacy=Privacy.AGGREGATE, lead_office_id=7)


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


def test_one_hidden_part_takes_the_next_smallest_with_it():
    parts = {
        "primary": (Decimal(40), Decimal(900)),
        "junior": (Decimal(30), Decimal(400)),
        "senior": (Decimal(3), Decimal(60)),
    }
    assert hidden_parts(SMALL, parts, threshold=10) == {"senior", "junior"}
    assert hidden_parts(OPEN, parts, threshold=10) == set()


def test_a_part_not_reported_cannot_hide_another():
    parts = {
        "primary": (Decimal(40), Decimal(900)),
        "junior": (None, None),
        "senior": (Decimal(3), Decimal(60)),
    }
    assert hidden_parts(SMALL, parts, threshold=10) == {"senior", "primary"}


def test_nothing_small_hides_nothing():
    parts = {"primary": (Decimal(40), Decimal(900)), "junior": (Decimal(30), Decimal(400))}
    assert hidden_parts(SMALL, parts, threshold=10) == set()


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
    cells = Decimal(8), Decimal(200)
    assert hides_total(own, *cells, viewer) == (role in (Role.ADMINISTRATOR, Role.AUDITOR))
    assert hides_total(foreign, *cells, viewer) == (role != Role.LEADER)
