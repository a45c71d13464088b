"""The seeded district with all quarters accepted, and what a release of its last quarter freezes."""

from __future__ import annotations

from typing import Any

import pytest

from apps.core import clock
from apps.core.models import BusinessClock
from apps.plans.models import AnnualPlan
from apps.reports.releases.content import content_of
from tests.factories import UserFactory
from tests.reports.releases.district import AFTER, settled
from tests.support import districts
from tests.support.returns import make_district

QUARTER = 4


@pytest.fixture(scope="module")
def complete_plan(django_db_setup, django_db_blocker):
    """The plan of the district at stage complete."""
    with django_db_blocker.unblock(), districts.district("complete"):
        yield AnnualPlan.objects.select_related("region", "policy").get(year=2025)


@pytest.fixture(scope="module")
def content(complete_plan) -> dict[str, Any]:
    """What a draft of the fourth quarter holds."""
    return content_of(complete_plan, quarter=QUARTER, version=0)


@pytest.fixture
def small_district(db):
    """A district of two schools, after its second quarter."""
    BusinessClock.objects.create(fixed_date=AFTER)
    with clock.held_at(AFTER):
        yield make_district()


@pytest.fixture
def submission(small_district):
    """The school's second quarter, accepted."""
    return settled(small_district)


@pytest.fixture
def head(small_district):
    """The leader of the small district."""
    return UserFactory(role="leader", region=small_district.plan.region, name="示例局领导")
