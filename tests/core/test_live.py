"""Open pages follow the results by themselves, and keep the reader's place."""

from __future__ import annotations

import pytest
from django.db.models import F

from apps.plans.models import AnnualPlan
from tests.factories import AreaFactory, PlanFactory, UserFactory

pytestmark = [pytest.mark.browser]


@pytest.fixture
def plan(transactional_db):
    plan = PlanFactory()
    for number in range(1, 19):
        AreaFactory(plan=plan, number=number, name=f"示例任务{number}")
    return plan


@pytest.fixture
def open_page(plan, login_page):
    """The deputy director's home page, with the page's clock in the test's hand."""
    deputy = UserFactory(role="deputy", region=plan.region)
    deputy.areas_led.set(plan.areas.all())
    page = login_page(deputy)
    page.clock.install()
    page.goto("/")
    return page


def rename_and_raise(plan):
    plan.areas.filter(number=1).update(name="改过的任务")
    AnnualPlan.objects.filter(pk=plan.pk).update(generation=F("generation") + 1)


def run_until_asked(page, asked, times):
    """Run the page's clock in small steps: its next timer is set only when the last answer is in."""
    for _ in range(200):
        if len([url for url in asked if url]) >= times:
            return
        page.clock.run_for(500)
        page.wait_for_timeout(20)
    raise AssertionError(f"asked {asked}, not {times} times")


def test_a_new_generation_replaces_the_live_part(open_page, plan):
    page = open_page
    page.evaluate("window.heard = 0; document.addEventListener('live:updated', () => { window.heard += 1; })")
    page.evaluate("window.scrollTo(0, 300)")
    link = page.get_by_role("link", name="5. 示例任务5")
    link.focus()
    before = page.evaluate("window.scrollY")
    rename_and_raise(plan)
    page.clock.run_for(11_000)
    page.get_by_role("link", name="1. 改过的任务").wait_for()
    assert page.locator("#live").get_attribute("data-generation") == "1"
    assert page.evaluate("document.activeElement.textContent") == "5. 示例任务5"
    assert page.evaluate("window.scrollY") == before
    assert page.evaluate("window.heard") == 1
    assert page.locator("#live-note").inner_text().startswith("已更新")


def test_nothing_is_fetched_while_nothing_changed(open_page, plan):
    page = open_page
    asked = []
    page.on("request", lambda request: asked.append(request.resource_type == "fetch" and request.url))
    for beats in (1, 2, 3):
        run_until_asked(page, asked, beats)
    assert {url.rpartition("/pulse/")[2] for url in asked if url} == {f"{plan.pk}/"}


def test_an_unreachable_server_is_asked_less_and_less_often(open_page, plan):
    page = open_page
    asked = []
    page.route("**/pulse/**", lambda route: (asked.append(1), route.abort())[1])
    for _ in range(12):
        page.clock.run_for(10_000)
        page.evaluate("() => Promise.resolve()")
    assert 2 <= len(asked) <= 5
