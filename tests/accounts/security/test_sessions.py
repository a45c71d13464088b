"""Logins end: by idle and absolute time, by hand, and when role, place, password or activity change."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts import services
from apps.accounts.models import SecurityEvent, Session, User
from apps.accounts.security import devices
from tests.factories import UserFactory

PASSWORD = "password"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0 Safari/537.36"


def browser(user, agent=CHROME, address="10.0.0.1"):
    client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=agent)
    assert client.post("/login/", {"username": user.username, "password": PASSWORD}).status_code == 302
    return client


def is_in(client):
    return client.get("/password/").status_code == 200


def moved(**changes):
    Session.objects.update(**{name: timezone.now() - back for name, back in changes.items()})


def test_half_an_hour_without_use_ends_a_login(reporter):
    client = browser(reporter)
    moved(seen_at=timedelta(minutes=29))
    assert is_in(client)
    assert Session.objects.get().seen_at > timezone.now() - timedelta(minutes=1)
    moved(seen_at=timedelta(minutes=31))
    assert not is_in(client)
    assert not Session.objects.filter(user=reporter).exists()
    assert SecurityEvent.objects.filter(kind="expired").values_list("about", flat=True).get() == reporter.pk


def test_twelve_hours_end_a_login_in_use(reporter):
    client = browser(reporter)
    moved(started_at=timedelta(hours=11, minutes=59))
    assert is_in(client)
    moved(started_at=timedelta(hours=12, minutes=1))
    assert not is_in(client)


def test_a_login_used_in_the_future_ends_because_the_clock_was_set_back(reporter):
    client = browser(reporter)
    moved(seen_at=timedelta(minutes=-4))
    assert is_in(client)
    moved(seen_at=timedelta(minutes=-6))
    assert not is_in(client)


def test_an_open_page_that_asks_by_itself_is_no_use(reporter):
    client = browser(reporter)
    moved(seen_at=timedelta(minutes=20))
    client.get("/pulse/1/")
    assert Session.objects.get().seen_at < timezone.now() - timedelta(minutes=19)


def test_a_use_is_written_once_a_minute(reporter):
    client = browser(reporter)
    client.get("/password/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/password/")
    assert [query["sql"] for query in queries if query["sql"].startswith("UPDATE")] == []


def test_a_changed_session_keeps_when_it_began(reporter):
    client = browser(reporter)
    moved(started_at=timedelta(hours=2))
    session = client.session
    session["anything"] = 1
    session.save()
    row = Session.objects.get()
    assert (row.user, row.address, row.agent) == (reporter, "10.0.0.1", CHROME)


@pytest.mark.parametrize("change", ["role", "place", "password", "deactivation", "sql"])
def test_changes_of_an_account_end_its_logins(reporter, administrator, school, district, change):
    client, other = browser(reporter), browser(administrator)
    from tests.factories import SchoolFactory

    if change == "role":
        services.user_update(
            user=reporter, by=administrator, name="甲", role="principal", organisation=school
        )
    elif change == "place":
        place = SchoolFactory(region=district)
        services.user_update(user=reporter, by=administrator, name="甲", role="reporter", organisation=place)
    elif change == "password":
        services.password_set(user=reporter, password="Xiangjiang-58", by=reporter)
    elif change == "sql":
        User.objects.filter(pk=reporter.pk).update(role="principal")
    else:
        services.user_set_active(user=reporter, active=False, by=administrator)
        services.user_set_active(user=reporter, active=True, by=administrator)
    assert (is_in(client), is_in(other)) == (False, True)


def test_a_new_name_ends_nothing(reporter, administrator, school):
    client = browser(reporter)
    services.user_update(user=reporter, by=administrator, name="乙", role="reporter", organisation=school)
    assert is_in(client)


def test_a_person_sees_and_ends_their_logins(reporter):
    phone = browser(reporter, agent="Mozilla/5.0 (Linux; Android 12) Chrome/98 MicroMessenger/8.0")
    here = browser(reporter)
    page = here.get("/devices/")
    rows = {row["words"]: row for row in page.context["rows"]}
    assert {words: row["is_this"] for words, row in rows.items()} == {
        "Chrome · Windows": True,
        "微信 · 安卓系统": False,
    }
    assert all(session.session_key not in page.content.decode() for session in Session.objects.all())
    here.post("/devices/", {"device": rows["微信 · 安卓系统"]["key"]})
    assert (is_in(phone), is_in(here)) == (False, True)


def test_all_others_end_and_nobody_elses(reporter, school):
    colleague = browser(UserFactory(username="colleague", organisation=school))
    first, second, here = browser(reporter), browser(reporter), browser(reporter)
    here.post("/devices/")
    assert [is_in(client) for client in (first, second, here, colleague)] == [False, False, True, True]


def test_a_login_of_somebody_else_cannot_be_ended(reporter, administrator):
    from apps.accounts.security.services import public_key

    other, here = browser(administrator), browser(reporter)
    here.post("/devices/", {"device": public_key(Session.objects.get(user=administrator))})
    assert is_in(other)


def test_logging_out_is_in_the_log(reporter):
    browser(reporter).post("/logout/")
    assert list(SecurityEvent.objects.order_by("pk").values_list("kind", "user")) == [
        ("login", reporter.pk),
        ("logout", reporter.pk),
    ]


def test_browsers_in_words():
    assert devices.words("Mozilla/5.0 (Windows NT 6.1) Chrome/86.0 Safari/537.36 QIHU 360SE") == (
        "360浏览器 · Windows"
    )
    assert devices.words("") == "未知浏览器"
