import datetime as dt

import pytest

from apps.accounts.enums import Role
from apps.core.models import BusinessClock
from tests.dashboards.conftest import indicator, leader, plan
from tests.dashboards.factories import MeasureFactory
from tests.factories import UserFactory
from tests.support.releasing import release_make

__all__ = ["indicator", "leader", "plan"]


@pytest.fixture
def late_measure(indicator):
    """A measure of the indicator's office that was due in May."""
    return MeasureFactory(
        area=indicator.area,
        lead_office=indicator.lead_office,
        code="M06-01",
        name="体质抽测",
        name_en="Spot checks",
        due_on=dt.date(2025, 5, 31),
    )


@pytest.fixture
def release(plan, leader, indicator, late_measure):
    BusinessClock.objects.create(fixed_date=dt.date(2025, 7, 15))
    return release_make(plan=plan, quarter=2, by=leader)


@pytest.fixture
def staff(indicator):
    office = indicator.lead_office
    return UserFactory(role=Role.OFFICE, organisation=office, region=office.region)
