"""The list of assignments in the administration: filters, and what the selection costs."""

from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.collection.models import Assignment
from apps.collection.owing import burden_of
from tests.factories import SchoolFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = reverse("admin:collection_assignment_changelist")


@pytest.fixture
def listed(client, district):
    client.force_login(UserFactory(role="administrator", region=district.plan.region))

    def get(**query):
        return client.get(LIST, query).context_data

    return get


def found(context):
    return {row.element.code for row in context["cl"].queryset}


def test_it_is_narrowed_by_area_tier_organisation_and_period(district, listed):
    area = district.indicators["teachers"].area
    first = district.periods[1].pk
    assert found(listed(area=area.pk, period__id__exact=first)) == {"pupils", "certified", "visits", "budget"}
    assert found(listed(area=area.pk, organisation__kind__exact="office")) == {"budget"}
    assert found(listed(tier="optional")) == set()
    assert found(listed(q=district.school.code, period__id__exact=first)) == {
        *("pupils", "certified", "placed", "visits"),
    }
    assert found(listed(area="x")) == found(listed(area="0")) == set()


def test_it_says_what_the_selection_costs(district, listed):
    burden = listed(q=district.nine_year.code)["burden"]
    assert (burden.n_facts, burden.n_forms, burden.n_organisations) == (24, 4, 1)
    assert (burden.mean, [form.n_facts for form in burden.longest]) == (6, [8, 8, 4, 4])
    assert [form.quarter for form in burden.longest] == [2, 4, 1, 3]


def test_what_is_withdrawn_costs_nothing(district):
    Assignment.objects.filter(organisation=district.nine_year).update(withdrawn_on="2025-04-01")
    burden = burden_of(Assignment.objects.filter(organisation__kind="school"))
    assert (burden.n_facts, burden.n_organisations, burden.mean) == (20, 1, Fraction(5))
    assert burden_of(Assignment.objects.none()).mean is None


def test_it_asks_no_more_for_three_schools_than_for_one(district, listed):
    listed()
    with CaptureQueriesContext(connection) as before:
        listed()
    one = Assignment.objects.filter(organisation=district.school)
    for _number in range(2):
        school = SchoolFactory(region=district.plan.region)
        Assignment.objects.bulk_create(
            Assignment(period=row.period, organisation=school, element=row.element, stage=row.stage)
            for row in one.select_related("period", "element")
        )
    with CaptureQueriesContext(connection) as after:
        listed()
    assert len(after) == len(before)
