"""Every page and export of results asks the database as much for three schools as for one."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.dashboards.kept import pages as kept
from apps.rollups.services import rebuild
from tests.dashboards.conftest import rate_indicator
from tests.dashboards.factories import TargetFactory, TargetRevisionFactory
from tests.dashboards.test_schools import report
from tests.factories import SchoolFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

PLAN = "/plans/2025/"
ONE = f"{PLAN}indicators/RATE"
PAGES = (
    PLAN,
    f"{PLAN}areas/6/",
    f"{ONE}/?quarter=2",
    f"{ONE}/explain/?quarter=2",
    f"{PLAN}overview.xlsx",
    f"{PLAN}overview.csv?table=indicators",
    f"{PLAN}areas/6.xlsx",
    f"{PLAN}areas/6.csv",
    f"{ONE}.xlsx?quarter=2",
    f"{ONE}.csv?quarter=2&table=included",
    "/completeness/2025/?quarter=2",
    "/completeness/2025.xlsx?quarter=2",
    "/completeness/2025.csv?quarter=2",
    "/schools/",
    "/targets/",
)


def add_school(indicator, numerator):
    report(indicator, SchoolFactory(), numerator, 100)
    rebuild(plan=indicator.plan)


def cost(client, page):
    """A page that nobody has read before: nothing of it is kept."""
    cache.clear()
    kept.forget()
    with CaptureQueriesContext(connection) as asked:
        response = client.get(page)
    assert response.status_code == 200, page
    return len(asked)


def test_they_ask_no_more_for_three_schools_than_for_one(client, area, leader):
    indicator = rate_indicator(area, code="RATE")
    TargetRevisionFactory(target=TargetFactory(indicator=indicator), effective_from="2025-01-01")
    client.force_login(leader)
    add_school(indicator, 50)
    for page in PAGES:
        client.get(page)  # what is kept for later is kept
    one = {page: cost(client, page) for page in PAGES}
    for numerator in (40, 60):
        add_school(indicator, numerator)
    three = {page: cost(client, page) for page in PAGES}
    assert three == one
    assert max(one.values()) <= 50
