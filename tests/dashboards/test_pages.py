from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from apps.accounts.enums import Role
from tests.factories import OfficeFactory, SchoolFactory, UserFactory

pytestmark = pytest.mark.django_db


def words(response):
    return " ".join(strip_tags(response.content.decode()).split())


@pytest.fixture
def addresses(plan, indicator, small_indicator, measure):
    return [
        reverse("dashboards:overview", args=[plan.year]),
        reverse("dashboards:area", args=[plan.year, 6]),
        reverse("dashboards:indicator", args=[plan.year, "A06-FITNESS"]),
        reverse("dashboards:indicator", args=[plan.year, "A09-SPED-HOME"]),
    ]


def person(role):
    if role in (Role.REPORTER, Role.PRINCIPAL):
        return UserFactory(role=role, organisation=SchoolFactory())
    return UserFactory(role=role, organisation=OfficeFactory() if role == Role.OFFICE else None)


@pytest.mark.parametrize("role", Role.values)
def test_the_bureau_reads_and_schools_do_not(client, addresses, role):
    client.force_login(person(role))
    expected = 403 if role in (Role.REPORTER, Role.PRINCIPAL) else 200
    for address in addresses:
        for quarter in ("", "?quarter=1", "?quarter=3", "?quarter=4", "?quarter=9"):
            assert client.get(address + quarter).status_code == expected


def test_a_missed_target_that_rounds_to_met(client, indicator, leader):
    client.force_login(leader)
    page = words(client.get(reverse("dashboards:indicator", args=[2025, indicator.code]) + "?quarter=2"))
    assert "54.0%" in page
    assert "滞后" in page
    assert "还差 0.04 个百分点" in page


def test_a_carried_quarter_says_from_where(client, indicator, leader):
    client.force_login(leader)
    page = words(client.get(reverse("dashboards:indicator", args=[2025, indicator.code]) + "?quarter=3"))
    assert "沿用第二季度数据（2025-06-30）" in page


def test_before_the_first_due_quarter_it_says_so(client, indicator, leader):
    client.force_login(leader)
    page = words(client.get(reverse("dashboards:indicator", args=[2025, indicator.code]) + "?quarter=1"))
    assert "○ 未到期" in page


def test_the_clause_is_whole_and_its_phrase_leads_to_the_indicator(client, area, indicator, leader):
    client.force_login(leader)
    response = client.get(reverse("dashboards:area", args=[2025, 6]))
    assert area.text in "".join(strip_tags(response.content.decode()).split())
    address = reverse("dashboards:indicator", args=[2025, indicator.code])
    assert f'<mark class="clause__mark"><a href="{address}?quarter=4"' in response.content.decode() or (
        f'<mark class="clause__mark"><a href="{address}?quarter=3"' in response.content.decode()
    )


def test_others_do_not_see_a_small_cell_anywhere(client, small_indicator, stranger_office):
    client.force_login(stranger_office)
    response = client.get(reverse("dashboards:indicator", args=[2025, small_indicator.code]) + "?quarter=2")
    assert "人数过少，不予显示" in words(response)
    assert "4.0%" not in response.content.decode()
    assert "200" not in words(response)


def test_a_leader_sees_the_district_total_of_small_numbers(client, small_indicator, leader):
    client.force_login(leader)
    assert "4.0%" in words(
        client.get(reverse("dashboards:indicator", args=[2025, small_indicator.code]) + "?quarter=2")
    )


def test_restricted_indicators_do_not_exist_for_others(client, restricted_indicator, stranger_office, leader):
    address = reverse("dashboards:indicator", args=[2025, restricted_indicator.code])
    client.force_login(stranger_office)
    assert client.get(address).status_code == 404
    assert "A10-SECRET" not in client.get(reverse("dashboards:area", args=[2025, 6])).content.decode()
    client.force_login(leader)
    assert client.get(address).status_code == 200


def test_no_target_no_light(client, small_indicator, leader):
    client.force_login(leader)
    page = words(
        client.get(reverse("dashboards:indicator", args=[2025, small_indicator.code]) + "?quarter=2")
    )
    assert "– 未设目标" in page
    assert "滞后" not in page


def test_an_area_without_indicators_says_so(client, area, leader):
    client.force_login(leader)
    assert "本任务目前没有在填指标" in words(client.get(reverse("dashboards:overview", args=[2025])))


def test_the_current_plan_is_one_click_away(client, plan, leader):
    client.force_login(leader)
    assert client.get(reverse("dashboards:overview")).url == reverse("dashboards:overview", args=[2025])


def test_the_quarter_is_the_last_that_has_ended(client, indicator, leader, settings):
    from apps.core.models import BusinessClock

    BusinessClock.objects.create(fixed_date="2025-12-15")
    client.force_login(leader)
    response = client.get(reverse("dashboards:overview", args=[2025]))
    assert response.context["scope"].quarter == 3
    assert "截至第三季度，1 项核心指标中：1 项滞后。数据到位率 90%。" in words(response)
