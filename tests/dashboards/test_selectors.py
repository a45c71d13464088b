from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test.utils import CaptureQueriesContext

from apps.accounts.enums import Role
from apps.dashboards import pages, selectors
from apps.plans.enums import SliceKind
from apps.rollups.enums import Status
from tests.dashboards.conftest import add_quarters, rate_indicator
from tests.dashboards.factories import PeriodFactory, ResultFactory, TargetFactory, TargetRevisionFactory
from tests.factories import AreaFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def scope_of(user, plan, quarter=3):
    return selectors.scope_of(user, plan=selectors.plan_of(user, year=plan.year), quarter=quarter)


def add_area(plan, number):
    area = AreaFactory(plan=plan, number=number)
    indicator = rate_indicator(area)
    revision = TargetRevisionFactory(target=TargetFactory(indicator=indicator))
    add_quarters(indicator, revision=revision, numerator=Decimal(60), denominator=Decimal(100))
    return area


def queries(connection, call):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        call()
    return len(captured)


@pytest.mark.parametrize("role", [Role.LEADER, Role.DEPUTY])
def test_the_overview_costs_the_same_at_one_and_three_areas(plan, role):
    from django.db import connection

    user = UserFactory(role=role)
    add_area(plan, 1)
    one = queries(connection, lambda: pages.overview_page(scope_of(user, plan)).indicators)
    add_area(plan, 2)
    add_area(plan, 3)
    three = queries(connection, lambda: pages.overview_page(scope_of(user, plan)).indicators)
    assert one == three
    assert one <= 12


def test_an_area_costs_the_same_at_one_and_three_indicators(plan, leader):
    from django.db import connection

    area = add_area(plan, 1)
    one = queries(connection, lambda: pages.area_page(scope_of(leader, plan), area))
    for _ in range(2):
        indicator = rate_indicator(area)
        add_quarters(indicator, numerator=Decimal(60), denominator=Decimal(100))
    assert queries(connection, lambda: pages.area_page(scope_of(leader, plan), area)) == one


@pytest.mark.parametrize(
    ("today", "quarter"),
    [
        (dt.date(2025, 1, 5), 1),
        (dt.date(2025, 3, 31), 1),
        (dt.date(2025, 7, 1), 2),
        (dt.date(2025, 12, 15), 3),
        (dt.date(2026, 1, 1), 4),
    ],
)
def test_the_last_ended_quarter(plan, today, quarter):
    assert selectors.last_ended_quarter(plan.periods.all(), today=today) == quarter


def test_a_result_not_computed_yet_is_not_due_or_without_data(plan, area, leader):
    indicator = rate_indicator(area)
    found = selectors.readings_of(scope_of(leader, plan), [indicator])
    assert [found[indicator.pk, quarter].status for quarter in (1, 2, 3, 4)] == [
        Status.NOT_DUE,
        Status.NO_DATA,
        Status.NO_DATA,
        Status.NO_DATA,
    ]


def test_indicators_of_a_tier_that_is_off_are_not_listed(plan, area, leader):
    rate_indicator(area, tier="standard")
    assert list(selectors.indicators_in(scope_of(leader, plan))) == []


def test_small_slices_are_hidden_from_the_leader_too(plan, small_indicator, leader):
    period = PeriodFactory(plan=plan, quarter=2)
    for value, cells in {"primary": (5, 120), "junior": (30, 80)}.items():
        ResultFactory(
            indicator=small_indicator,
            period=period,
            slice_kind=SliceKind.STAGE,
            slice_value=value,
            numerator=Decimal(cells[0]),
            denominator=Decimal(cells[1]),
        )
    slices = selectors.slices_of(scope_of(leader, plan, quarter=2), small_indicator)
    assert {(one.slice_value, one.is_hidden, one.numerator) for one in slices["stage"]} == {
        ("primary", True, None),
        ("junior", True, None),
    }


def test_a_hidden_reading_keeps_no_number(plan, small_indicator, stranger_office):
    found = selectors.readings_of(scope_of(stranger_office, plan, quarter=2), [small_indicator])
    reading = found[small_indicator.pk, 2]
    numbers = (reading.value, reading.numerator, reading.denominator, reading.minimum, reading.maximum)
    assert numbers == (None,) * 5
    assert (reading.change, reading.gap) == (None, None)
    assert reading.value_text == "人数过少，不予显示"


def test_results_of_another_region_do_not_leak(plan, indicator, leader):
    from tests.factories import RegionFactory

    other = RegionFactory(code="430202", name="另一区")
    period = PeriodFactory(plan=plan, quarter=2)
    ResultFactory(
        indicator=indicator, period=period, region=other, numerator=Decimal(1), denominator=Decimal(2)
    )
    found = selectors.readings_of(scope_of(leader, plan), [indicator])
    assert found[indicator.pk, 2].numerator == Decimal(5396)
