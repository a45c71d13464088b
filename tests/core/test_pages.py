import re

import pytest
from django.template.loader import render_to_string
from django.test import Client

from apps.core.models import BusinessClock
from tests.factories import SchoolFactory, UserFactory


def spoken(html):
    """Return the text of a page's body without markup."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", html[html.index("<body") :], flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def english(html):
    return re.findall(r"[A-Za-z]{2,}", spoken(html).replace("English", ""))


def test_a_missing_page_says_what_to_do(client, db):
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "页面不存在" in answer.content.decode()
    assert english(answer.content.decode()) == []


def test_a_forbidden_page_says_what_to_do(client, db):
    client.force_login(UserFactory(organisation=SchoolFactory()))
    answer = client.get("/users/")
    assert answer.status_code == 403
    assert "没有权限" in answer.content.decode()


def test_a_form_without_its_token_says_what_to_do(db):
    answer = Client(enforce_csrf_checks=True).post("/login/", {"username": "a", "password": "b"})
    assert answer.status_code == 403
    assert "页面已失效" in answer.content.decode()
    assert "CSRF" not in answer.content.decode()


@pytest.mark.parametrize("name", ["400", "500"])
def test_errors_need_neither_request_nor_database(name):
    html = render_to_string(f"{name}.html", {})
    assert english(html) == []
    assert "Traceback" not in html


def test_the_language_switch_is_remembered(client, db):
    assert '<html lang="zh-CN">' in client.get("/login/").content.decode()
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "/login/"})
    assert answer["Location"] == "/login/"
    html = client.get("/login/").content.decode()
    assert '<html lang="en">' in html
    assert "Log in" in html


def test_a_browser_that_prefers_english_still_begins_in_chinese(client, db):
    html = client.get("/login/", headers={"Accept-Language": "en-US,en"}).content.decode()
    assert '<html lang="zh-CN">' in html


def test_a_fixed_clock_is_shown_on_every_page(client, db):
    import datetime as dt

    assert "示例数据" not in client.get("/login/").content.decode()
    BusinessClock.objects.create(fixed_date=dt.date(2025, 12, 15))
    for address in ("/login/", "/reset/", "/nowhere/"):
        assert "业务日期 2025年12月15日（示例数据）" in client.get(address).content.decode()


def test_no_page_carries_code_of_its_own(client, db):
    html = client.get("/login/").content.decode()
    assert re.findall(r"<script(?![^>]*\bsrc=)", html) == []
    assert re.findall(r'\son[a-z]+="', html) == []
