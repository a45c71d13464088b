import datetime as dt

import pytest

from apps.core import clock
from apps.core.models import BusinessClock
from tests.factories import UserFactory
from tests.support.returns import make_district

# The second quarter is due on Thursday 10 July 2025.
DUE = dt.date(2025, 7, 10)
MORNING = dt.time(9, 30)


@pytest.fixture
def today(db):
    """Set the business date: today(7, 9)."""

    def set_to(month, day):
        date = dt.date(2025, month, day)
        BusinessClock.objects.update_or_create(pk=1, defaults={"fixed_date": date})
        return date

    set_to(7, 9)
    return set_to


@pytest.fixture
def district(today):
    with clock.held_at(dt.date(2025, 4, 2)):
        return make_district()


@pytest.fixture
def administrator(district):
    return UserFactory(role="administrator", region=district.plan.region)


@pytest.fixture
def deputy(district):
    return UserFactory(role="deputy", region=district.plan.region)
