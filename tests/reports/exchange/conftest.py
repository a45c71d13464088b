"""A district and its administrator, who alone exchanges tables."""

import datetime as dt

import pytest

from apps.core.models import BusinessClock
from tests.factories import UserFactory
from tests.support.returns import make_district

TODAY = dt.date(2025, 4, 2)


@pytest.fixture
def district(db):
    BusinessClock.objects.create(fixed_date=TODAY)
    return make_district()


@pytest.fixture
def administrator(district, client):
    user = UserFactory(role="administrator", region=district.plan.region, username="boss")
    client.force_login(user)
    return user
