from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from apps.accounts.enums import Role
from apps.collection.models import Assignment
from apps.plans.enums import Privacy
from apps.plans.models import Indicator
from apps.rollups.services import rebuild
from tests.dashboards.conftest import rate_indicator
from tests.dashboards.factories import PeriodFactory, TargetFactory, TargetRevisionFactory
from tests.dashboards.test_schools import report
from tests.factories import SchoolFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def rate(area):
    """Two schools accepted (53.96 % together), one waiting; at least 54 % asked."""
    indicator = rate_indicator(area, code="RATE", numerator_label="优良人数", denominator_label="参测人数")
    TargetRevisionFactory(target=TargetFactory(indicator=indicator), effective_from="2025-01-01")
    report(indicator, SchoolFactory(name="示例甲小学"), 5000, 9000)
    report(indicator, SchoolFactory(name="示例乙小学"), 396, 1000)
    report(indicator, SchoolFactory(name="示例丙小学"), 1, 1, accepted=False)
    rebuild(plan=indicator.plan)
    return indicator


def explained(client, query="?quarter=2"):
    response = client.get(reverse("dashboards:explain", args=[2025, "RATE"]) + query)
    return response, " ".join(strip_tags(response.content.decode()).split())


def test_the_sum_is_told_with_its_numbers_and_the_schools_in_and_out(client, rate, leader):
    client.force_login(leader)
    response, page = explained(client)
    assert "5,396 ÷ 10,000 × 100% = 54.0%" in page
    assert "按进度" in page
    assert [row[0].text for row in response.context["page"].included.rows] == ["示例甲小学", "示例乙小学"]
    assert [row[0].text for row in response.context["page"].excluded.rows] == ["示例丙小学"]
    assert "待审核" in page
    assert "第 1 版" in page


def test_a_carried_quarter_and_one_before_the_first(client, rate, leader):
    client.force_login(leader)
    assert "沿用第二季度数据" in explained(client, "?quarter=3")[1]
    assert "尚无应报数据" in explained(client, "?quarter=1")[1]


def test_a_slice_is_explained_and_an_unknown_one_is_not_found(client, rate, leader):
    client.force_login(leader)
    assert "小学" in explained(client, "?quarter=2&slice=stage:primary")[1]
    for query in ("stage:nothing", "nothing:primary", "region:1", "all:x"):
        assert explained(client, f"?quarter=2&slice={query}")[0].status_code == 404


def test_nothing_computed_yet(client, area, leader):
    rate_indicator(area, code="RATE")
    client.force_login(leader)
    assert "本季度尚未汇总" in explained(client)[1]


def test_small_numbers_are_hidden_in_the_explanation_and_its_export(client, rate, leader, stranger_office):
    Indicator.objects.update(privacy=Privacy.SMALL_CELL)
    tiny = SchoolFactory(name="示例丁小学")
    report(rate, tiny, 3, 47)
    rebuild(plan=rate.plan)
    client.force_login(leader)
    rows = {row[0].text: row[3].text for row in explained(client)[0].context["page"].included.rows}
    assert rows["示例丁小学"] == "人数过少，不予显示"
    csv = client.get(reverse("reports:indicator_csv", args=[2025, "RATE"]) + "?quarter=2&table=included")
    assert ",47" not in csv.content.decode()


@pytest.mark.parametrize("role", [Role.REPORTER, Role.PRINCIPAL])
def test_schools_do_not_read_explanations(client, rate, role):
    client.force_login(UserFactory(role=role, organisation=SchoolFactory()))
    assert explained(client)[0].status_code == 403


def test_restricted_indicators_are_not_explained_to_others(client, rate, stranger_office):
    Indicator.objects.update(privacy=Privacy.RESTRICTED)
    client.force_login(stranger_office)
    assert explained(client)[0].status_code == 404


def test_page_and_explanation_and_export_agree(client, rate, leader):
    client.force_login(leader)
    page = client.get(reverse("dashboards:indicator", args=[2025, "RATE"]) + "?quarter=2").context["page"]
    reading = explained(client)[0].context["page"].reading
    assert (page.reading.value, page.reading.numerator) == (reading.value, reading.numerator)
    assert (page.reading.status, page.reading.gap) == (reading.status, reading.gap)
    assert Assignment.objects.filter(period=PeriodFactory(plan=rate.plan, quarter=2)).count() == 6
