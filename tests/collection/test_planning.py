import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.collection.calendar import quarter_dates
from apps.collection.models import Assignment, Period
from apps.collection.services import assignments_generate, periods_create
from apps.core import clock
from tests.factories import ElementFactory, IndicatorFactory, PlanFactory, SchoolFactory
from tests.support.returns import IN_QUARTER_1, accept_all, submit


def keys(organisation, quarter):
    rows = Assignment.objects.filter(organisation=organisation, period__quarter=quarter, withdrawn_on=None)
    return sorted(rows.values_list("element__code", "stage"))


def test_the_dates_of_the_quarters():
    assert [
        (dates.opens_on, dates.due_on, dates.closes_on)
        for dates in (quarter_dates(2025, quarter) for quarter in (1, 2, 3, 4))
    ] == [
        (dt.date(2025, 3, 21), dt.date(2025, 4, 10), dt.date(2025, 4, 30)),
        (dt.date(2025, 6, 20), dt.date(2025, 7, 10), dt.date(2025, 7, 30)),
        (dt.date(2025, 9, 20), dt.date(2025, 10, 10), dt.date(2025, 10, 30)),
        (dt.date(2025, 12, 10), dt.date(2025, 12, 25), dt.date(2026, 1, 15)),
    ]


@pytest.mark.django_db
def test_creating_quarters_again_keeps_dates_that_the_bureau_set():
    plan = PlanFactory()
    periods_create(plan=plan)
    Period.objects.filter(plan=plan, quarter=2).update(due_on=dt.date(2025, 7, 15))
    assert [period.due_on.day for period in periods_create(plan=plan)] == [10, 15, 10, 25]


def test_a_fact_that_serves_two_indicators_is_asked_once_and_only_when_due(district):
    first = [("certified", "whole"), ("placed", "whole"), ("pupils", "whole"), ("visits", "whole")]
    assert keys(district.school, 1) == first
    assert keys(district.school, 2) == sorted([*first, ("myopic", "primary"), ("screened", "primary")])


def test_a_nine_year_school_is_asked_for_each_stage_and_once_for_the_whole(district):
    assert keys(district.nine_year, 2) == [
        ("certified", "whole"),
        ("myopic", "junior"),
        ("myopic", "primary"),
        ("placed", "whole"),
        ("pupils", "whole"),
        ("screened", "junior"),
        ("screened", "primary"),
        ("visits", "whole"),
    ]


def test_an_office_fact_goes_to_the_lead_office_of_the_first_indicator_that_uses_it(district):
    IndicatorFactory(
        area=district.indicators["myopia"].area, elements=[district.elements["budget"]], reporter="office"
    )
    assignments_generate(plan=district.plan)
    assert keys(district.finance, 2) == [("budget", "whole")]
    assert keys(district.health, 2) == []


def test_generating_again_changes_nothing(district):
    again = assignments_generate(plan=district.plan)
    assert (again.created, again.restored, again.withdrawn) == (0, 0, 0)
    assert again.in_force == Assignment.objects.count()


def test_an_indicator_asks_only_its_school_types_and_stages(district):
    element = ElementFactory(code="labs", per_stage=True)
    IndicatorFactory(
        area=district.indicators["myopia"].area,
        elements=[element],
        applies_to=["nine_year"],
        stages=["junior"],
    )
    assignments_generate(plan=district.plan)
    assert list(
        Assignment.objects.filter(element=element).values_list("organisation", "stage").distinct()
    ) == [(district.nine_year.pk, "junior")]


def test_a_tier_asks_when_it_is_switched_on_and_withdraws_when_off(district):
    element = ElementFactory(code="extra")
    IndicatorFactory(area=district.indicators["myopia"].area, elements=[element], tier="standard")
    assert assignments_generate(plan=district.plan).created == 0
    policy = district.plan.policy
    policy.enabled_tiers = ["core", "standard"]
    policy.save()
    counts = assignments_generate(plan=district.plan)
    assert (counts.created, counts.withdrawn) == (6, 0)
    policy.enabled_tiers = ["core"]
    policy.save()
    assert assignments_generate(plan=district.plan).withdrawn == 6
    policy.enabled_tiers = ["core", "standard"]
    policy.save()
    counts = assignments_generate(plan=district.plan)
    assert (counts.created, counts.restored) == (0, 6)


def test_a_new_tier_makes_nobody_late_in_a_closed_quarter_or_a_submitted_return(district):
    submit(district, 2)
    element = ElementFactory(code="extra")
    IndicatorFactory(area=district.indicators["myopia"].area, elements=[element])
    assignments_generate(plan=district.plan)
    asked = Assignment.objects.filter(element=element).values_list("organisation", "period__quarter")
    assert sorted(asked) == sorted(
        [(district.school.pk, 3), (district.school.pk, 4), *((district.nine_year.pk, q) for q in (2, 3, 4))]
    )


def test_only_schools_open_on_the_last_day_are_asked(district):
    new = SchoolFactory(region=district.plan.region, opened_on=dt.date(2025, 9, 1))
    assignments_generate(plan=district.plan)
    assert {row.period.quarter for row in Assignment.objects.filter(organisation=new)} == {3, 4}


def test_what_a_closed_school_was_asked_is_withdrawn_but_not_before_its_closing(district):
    accept_all(district, submit(district, 2))
    with clock.held_at(dt.date(2025, 12, 1)):
        district.school.closed_on = dt.date(2025, 9, 15)
        district.school.save()
        assignments_generate(plan=district.plan)
    in_force = Assignment.objects.filter(organisation=district.school, withdrawn_on=None)
    assert {row.period.quarter for row in in_force} == {1, 2}


def test_a_closed_quarter_keeps_what_it_asked(district):
    with clock.held_at(dt.date(2025, 5, 10)):
        district.plan.policy.enabled_tiers = []
        district.plan.policy.save()
        assignments_generate(plan=district.plan)
    assert len(keys(district.school, 1)) == 4
    assert keys(district.school, 2) == []


def test_schools_of_another_region_are_not_asked(district):
    from tests.factories import RegionFactory

    other = SchoolFactory(region=RegionFactory(code="430204", parent=None))
    assignments_generate(plan=district.plan)
    assert Assignment.objects.filter(organisation=other).count() == 0


def test_generating_takes_the_same_queries_for_more_schools(district):
    taken = []
    for count in (1, 3):
        SchoolFactory.create_batch(count, region=district.plan.region)
        with clock.held_at(IN_QUARTER_1), CaptureQueriesContext(connection) as queries:
            assignments_generate(plan=district.plan)
        taken.append(len(queries))
    assert taken[0] == taken[1]


def test_only_the_administrator_generates(district):
    with pytest.raises(PermissionDenied):
        assignments_generate(plan=district.plan, by=district.reporter)
