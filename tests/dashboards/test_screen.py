"""The big screen: everybody who walks by may read it, whoever has logged in; it keeps itself up to date."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.enums import Role
from apps.core.models import BusinessClock
from apps.plans.enums import Privacy, Tier
from apps.plans.models import AnnualPlan, Indicator, PlanPolicy, TaskArea
from apps.rollups.models import Result
from tests.dashboards.conftest import add_quarters, rate_indicator
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
SCREEN = "/screen/?quarter=2"


def shown(client, user):
    client.force_login(user)
    return client.get(SCREEN)


def test_lights_areas_and_what_is_behind(client, indicator, leader, today):
    BusinessClock.objects.create(fixed_date=today)
    response = shown(client, leader)
    screen = response.context["screen"]
    assert [(tile.sign.css, tile.count) for tile in screen.tiles] == [
        ("achieved", 0),
        ("on-track", 0),
        ("at-risk", 0),
        ("off-track", 1),
        ("not-due", 0),
    ]
    assert [row.area.number for row in screen.rows] == [6]
    page = response.content.decode()
    for words in ("体质健康优良率", "滞后", "数据到位率", "90%", "数据截至2025年12月15日", "第二季度"):
        assert words in page
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("privacy", [Privacy.RESTRICTED, Privacy.SMALL_CELL])
def test_the_leaders_login_shows_nothing_that_a_passer_by_may_not_read(
    client, indicator, leader, today, privacy
):
    assert "54.0%" in shown(client, leader).content.decode()
    Indicator.objects.filter(pk=indicator.pk).update(privacy=privacy)
    Result.objects.filter(indicator=indicator).update(numerator=3, denominator=7)
    response = shown(client, leader)
    assert "体质健康优良率" not in response.content.decode()
    assert sum(tile.count for tile in response.context["screen"].tiles) == 0
    overview = client.get(f"/plans/{indicator.plan.year}/?quarter=2").content.decode()
    assert "体质健康优良率" in overview


def test_only_the_core_is_counted_where_there_is_one(client, indicator, leader, today):
    PlanPolicy.objects.update(enabled_tiers=[Tier.CORE, Tier.OPTIONAL])
    other = rate_indicator(indicator.area, code="A06-OTHER", name="示例", tier=Tier.OPTIONAL)
    add_quarters(other, numerator=1, denominator=2)
    screen = shown(client, leader).context["screen"]
    assert (screen.is_core, screen.n_counted) == (True, 1)
    assert len(screen.rows[0].readings) == 2


def test_no_plan_says_so(client, leader):
    AnnualPlan.objects.all().delete()
    assert shown(client, leader).status_code == 200


def test_it_asks_as_many_questions_for_three_indicators_as_for_one(client, indicator, leader, today):
    counts = []
    for number in (1, 3):
        for n in range(Indicator.objects.count(), number):
            add_quarters(rate_indicator(indicator.area, code=f"A06-N{n}"), numerator=1, denominator=2)
        client.force_login(UserFactory(role=Role.LEADER, region=leader.region))
        with CaptureQueriesContext(connection) as queries:
            client.get(SCREEN)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_it_refreshes_itself_and_says_when_network_or_login_are_gone(login_page, indicator, leader):
    page = login_page(leader)
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(SCREEN)
    state = page.locator("#state")
    state.filter(has_text="更新于").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 1920
    page.context.set_offline(True)
    state.filter(has_text="网络中断，画面停留在").wait_for()
    TaskArea.objects.filter(pk=indicator.area_id).update(name="示例新名称")
    AnnualPlan.objects.update(generation=7)
    page.context.set_offline(False)
    page.get_by_text("示例新名称").wait_for()
    state.filter(has_text="更新于").wait_for()
    page.context.clear_cookies()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    state.filter(has_text="登录已过期，请在本机重新登录").wait_for()
    assert page.get_by_text("示例新名称").is_visible()
