"""A reviewer's morning without a mouse: the queue, a fact sent back, the next part accepted."""

import pytest
from playwright.sync_api import expect

from apps.core import clock
from apps.core.models import BusinessClock
from apps.reviews.models import FieldReturn
from tests.reviews.test_views import submit_others
from tests.support.returns import IN_QUARTER_2, make_district, submit
from tests.support.served import HOME, serve

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

PATIENCE = 60_000
CURRENT = ".review-row[aria-current]"


@pytest.fixture
def district(db):
    BusinessClock.objects.create(fixed_date=IN_QUARTER_2)
    with clock.held_at(IN_QUARTER_2):
        found = make_district()
        submit(found, 2)
        submit_others(found, 1)
        yield found


@pytest.fixture
def reviewing(browser, district):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    serve(context, district.health_user)
    page = context.new_page()
    page.set_default_navigation_timeout(PATIENCE)
    yield page
    context.close()


def hears_keys(page):
    """Wait for the page of one return and its script: a key pressed before goes nowhere."""
    expect(page.locator("html.js [data-review]")).to_have_count(1, timeout=PATIENCE)


def statuses(district):
    rows = district.health.reviews.order_by("submission__organisation__sort_key")
    return list(rows.values_list("status", flat=True))


def test_a_part_is_returned_and_the_next_accepted_by_keyboard(reviewing, district):
    page, keys = reviewing, reviewing.keyboard
    page.goto(f"{HOME}/reviews/")
    keys.press("j")
    expect(page.locator(CURRENT)).to_have_count(1, timeout=PATIENCE)
    keys.press("Enter")
    hears_keys(page)

    keys.press("j")
    keys.press("j")
    keys.press("k")
    first = page.locator(".facts-table .review-row").first
    expect(first).to_have_attribute("aria-current", "true", timeout=PATIENCE)
    keys.press("r")
    expect(first.locator("select")).to_be_focused(timeout=PATIENCE)
    keys.press("ArrowDown")
    keys.press("Tab")
    keys.type("ajkr 请核对")
    words = first.locator("input[name^=t-]")
    expect(words).to_have_value("ajkr 请核对", timeout=PATIENCE)
    keys.press("Escape")
    expect(words).not_to_be_focused(timeout=PATIENCE)
    keys.press("a")
    expect(page.locator("[data-accept]")).to_be_disabled(timeout=PATIENCE)
    expect(page.locator("[data-return-how]")).to_be_visible(timeout=PATIENCE)
    assert statuses(district) == ["waiting", "waiting"]

    page.locator("[data-return]").focus()
    keys.press("Enter")
    expect(page.locator(".alert-success")).to_be_visible(timeout=PATIENCE)
    assert statuses(district) == ["returned", "waiting"]
    assert list(FieldReturn.objects.values_list("reason", "text")) == [("wrong_value", "ajkr 请核对")]

    page.goto(f"{HOME}/reviews/")
    keys.press("j")
    keys.press("Enter")
    hears_keys(page)
    expect(page.locator("[data-accept]")).to_be_enabled(timeout=PATIENCE)
    keys.press("a")
    expect(page.locator(".alert-success")).to_be_visible(timeout=PATIENCE)
    assert statuses(district) == ["returned", "accepted"]
