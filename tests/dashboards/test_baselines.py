"""The page of baselines: who reads it, who locks, what a restatement keeps."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.accounts.enums import Role
from apps.plans.models import Baseline
from tests.dashboards.factories import BaselineFactory
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
GIVEN = {
    "scope": "all",
    "numerator": "530",
    "denominator": "1000",
    "as_of": "2024-12-31",
    "definition": "上年第四季度，同口径",
}


def address(indicator):
    return reverse("dashboards:baseline", args=[indicator.code])


@pytest.fixture
def administrator(plan, client):
    user = UserFactory(role=Role.ADMINISTRATOR, region=plan.region)
    client.force_login(user)
    return user


def test_a_restatement_needs_a_reason_and_keeps_the_old_figure(today, indicator, administrator, client):
    refused = client.post(address(indicator), GIVEN)
    assert (refused.status_code, set(refused.context["form"].errors)) == (200, {"restated_reason"})
    assert client.post(address(indicator), GIVEN | {"restated_reason": "两校合并"}).status_code == 302
    old, new = Baseline.objects.order_by("pk")
    assert (old.superseded_at is None, new.superseded_at) == (False, None)
    assert (new.numerator, new.denominator, new.locked_by, new.restated_reason) == (
        530,
        1000,
        administrator,
        "两校合并",
    )
    page = client.get(address(indicator)).content.decode()
    assert ("<del>52.0%</del>" in page, "53.0%" in page, "两校合并" in page) == (True, True, True)


def test_of_a_part_and_of_an_earlier_year_only(today, indicator, administrator, client):
    client.post(address(indicator), GIVEN | {"scope": "stage:primary"})
    assert list(Baseline.objects.values_list("slice_kind", "slice_value").order_by("pk")) == [
        ("all", ""),
        ("stage", "primary"),
    ]
    client.post(address(indicator), GIVEN | {"scope": "stage:junior", "as_of": "2025-03-31"})
    assert Baseline.objects.count() == 2


@pytest.mark.parametrize("role", [Role.LEADER, Role.AUDITOR, Role.DEPUTY])
def test_others_read(today, indicator, client, role):
    client.force_login(UserFactory(role=role, region=indicator.plan.region))
    assert "52.0%" in client.get(reverse("dashboards:baselines")).content.decode()
    page = client.get(address(indicator))
    assert ("52.0%" in page.content.decode(), page.context["may_lock"]) == (True, False)
    assert client.post(address(indicator), GIVEN).status_code == 403


def test_a_small_one_is_told_to_be_locked_without_its_figures(today, small_indicator, administrator, client):
    BaselineFactory(indicator=small_indicator, numerator=7, denominator=203)
    for page in (address(small_indicator), reverse("dashboards:baselines")):
        text = client.get(page).content.decode()
        assert ("203" in text, "3.4%" in text) == (False, False)
    leader = UserFactory(role=Role.LEADER, region=small_indicator.plan.region)
    client.force_login(leader)
    assert "203" in client.get(address(small_indicator)).content.decode()
