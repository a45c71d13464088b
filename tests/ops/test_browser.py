"""The browser fixtures work: a real page of the live server, its database and its static files."""

import pytest
from django.contrib.auth.models import Group

pytestmark = pytest.mark.browser


def test_page_is_served_with_chinese_and_static_files(page):
    response = page.goto("/login/")
    assert response.status == 200
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert page.evaluate("document.styleSheets.length") > 0


def test_vendored_front_end_is_served_from_node_modules(page):
    for path in ("vendor/tabler/css/tabler.min.css", "vendor/plotly/plotly-basic.min.js"):
        assert page.goto(f"/static/{path}").status == 200


def test_plotly_bundle_is_the_version_plotly_py_validates(page):
    from plotly.offline import get_plotlyjs_version

    page.goto("/static/vendor/plotly/plotly-basic.min.js")
    assert f"plotly.js (basic - minified) v{get_plotlyjs_version()}" in page.content()[:400]


def test_live_server_and_test_share_the_database(page):
    Group.objects.create(name="office")
    assert page.goto("/healthz").json() == {"alive": True}
    assert Group.objects.get().name == "office"
