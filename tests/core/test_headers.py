"""What browsers are told to refuse."""

import pytest
from django.conf import settings

from tests.factories import RegionFactory, UserFactory

PAGES = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    " font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


@pytest.fixture
def administrator(client, db):
    user = UserFactory(role="administrator", region=RegionFactory())
    client.force_login(user)
    return user


def test_pages_run_no_script_but_files_of_this_server(client, db):
    answer = client.get("/login/")
    assert answer["Content-Security-Policy"] == PAGES
    assert client.get("/nothing-here/")["Content-Security-Policy"] == PAGES


def test_the_administration_has_a_policy_of_its_own(client, administrator):
    policy = client.get("/admin/")["Content-Security-Policy"]
    assert policy == PAGES.replace("script-src 'self'", "script-src 'self' 'unsafe-inline' 'unsafe-eval'")


def test_the_other_headers(client, administrator):
    answer = client.get("/devices/")
    assert {
        name: answer[name] for name in ("X-Frame-Options", "Referrer-Policy", "X-Content-Type-Options")
    } == {
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"].split(", ")


def test_cookies_are_kept_from_scripts_and_other_sites(client, administrator):
    client.logout()
    client.get("/login/")
    answer = client.post("/login/", {"username": administrator.username, "password": "password"})
    session = answer.cookies[settings.SESSION_COOKIE_NAME]
    assert (session["httponly"], session["samesite"]) == (True, "Lax")
    assert answer.cookies[settings.CSRF_COOKIE_NAME]["samesite"] == "Lax"
