from __future__ import annotations

import pytest
from django.urls import reverse

from apps.plans.models import AnnualPlan
from tests.factories import RegionFactory, SchoolFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_the_pulse_tells_the_generation_and_is_silent_while_it_stays(client, plan, leader):
    client.force_login(leader)
    address = reverse("dashboards:pulse", args=[plan.pk])
    first = client.get(address)
    assert first.json() == {"generation": 0}
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    AnnualPlan.objects.update(generation=1)
    second = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (second.status_code, second.json()) == (200, {"generation": 1})


def test_the_pulse_costs_one_query_of_its_own(client, plan, leader, django_assert_num_queries):
    client.force_login(leader)
    with django_assert_num_queries(4):  # session, user, business date, generation
        client.get(reverse("dashboards:pulse", args=[plan.pk]))


def test_a_plan_elsewhere_has_no_pulse(client, plan):
    client.force_login(UserFactory(role="leader", region=RegionFactory(code="430202", name="另一区")))
    assert client.get(reverse("dashboards:pulse", args=[plan.pk])).status_code == 404


def test_schools_feel_the_pulse_too(client, plan):
    client.force_login(UserFactory(role="reporter", organisation=SchoolFactory()))
    assert client.get(reverse("dashboards:pulse", args=[plan.pk])).status_code == 200
