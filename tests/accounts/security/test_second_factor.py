"""The second step: RFC 6238's vectors, setting up, logging in, losing the telephone, administrators' duty."""

import re
import time

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from apps.accounts.models import RecoveryCode, SecondFactor, SecurityEvent
from apps.accounts.security import sealing, second_factor, totp

PASSWORD = "password"
# RFC 6238, appendix B (SHA-1, eight digits).
SECRET = b"12345678901234567890"
VECTORS = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}


@pytest.fixture
def now(monkeypatch):
    """The clock that codes are made by, which a test may move: now[0] seconds."""
    held = [float(int(time.time()))]
    monkeypatch.setattr(second_factor.time, "time", lambda: held[0])
    return held


@pytest.fixture
def client(reporter):
    client = Client()
    client.force_login(reporter)
    return client


def code(user, now, later=0):
    secret = sealing.secret_of(SecondFactor.objects.get(user=user))
    return totp.code_at(secret, int(now[0]) // totp.SECONDS + later)


def switch_on(user, now):
    second_factor.factor_begin(user=user)
    codes = second_factor.factor_confirm(user=user, typed=code(user, now))
    now[0] += totp.SECONDS
    return codes


def with_password(user):
    client = Client()
    answer = client.post("/login/?next=/devices/", {"username": user.username, "password": PASSWORD})
    assert answer["Location"] == "/login/code/"
    return client


def is_in(client):
    return client.get("/password/").status_code == 200


@pytest.mark.parametrize(("seconds", "expected"), VECTORS.items())
def test_codes_are_those_of_the_standard(seconds, expected):
    assert totp.code_at(SECRET, seconds // totp.SECONDS, digits=8) == expected


def test_a_code_works_half_a_minute_early_and_late_and_never_twice():
    step = 1234567890 // totp.SECONDS
    found = {
        distance: totp.matching_step(SECRET, totp.code_at(SECRET, step + distance), now=1234567890, after=0)
        for distance in (-2, -1, 0, 1, 2)
    }
    assert found == {-2: None, -1: step - 1, 0: step, 1: step + 1, 2: None}
    assert totp.matching_step(SECRET, totp.code_at(SECRET, step), now=1234567890, after=step) is None
    assert totp.matching_step(SECRET, "二二二", now=1234567890, after=0) is None


def test_the_authenticators_address():
    assert totp.address(SECRET, account="a b", issuer="平台") == (
        "otpauth://totp/%E5%B9%B3%E5%8F%B0%3Aa%20b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        "&issuer=%E5%B9%B3%E5%8F%B0&digits=6&period=30"
    )


def test_it_is_set_up_on_its_page(client, reporter, now):
    assert "picture" not in client.get("/second-step/").context
    client.post("/second-step/", {"begin": "1"})
    page = client.get("/second-step/")
    assert re.match(r"<svg [^>]*viewBox=", page.context["picture"])  # it scales with the page, uncut
    refused = client.post("/second-step/", {"code": "000000"})
    assert list(refused.context["form"].errors) == ["code"]
    assert not second_factor.is_on(reporter)
    codes = client.post("/second-step/", {"code": code(reporter, now)}).context["codes"]
    assert (len(codes), second_factor.is_on(reporter)) == (8, True)
    assert codes[0].replace("-", "") not in str(list(RecoveryCode.objects.values()))


def test_a_secret_is_not_shown_again(client, reporter, now):
    switch_on(reporter, now)
    client.force_login(reporter)
    page = client.get("/second-step/")
    assert "picture" not in page.context
    assert totp.shown(sealing.secret_of(SecondFactor.objects.get())) not in page.content.decode()


def test_setting_up_ends_other_logins(client, reporter, now):
    other = Client()
    other.force_login(reporter)
    client.post("/second-step/", {"begin": "1"})
    client.post("/second-step/", {"code": code(reporter, now)})
    assert (is_in(client), is_in(other)) == (True, False)


def test_the_password_alone_does_not_let_in(reporter, now):
    switch_on(reporter, now)
    half_way = with_password(reporter)
    assert not is_in(half_way)
    assert half_way.get("/login/code/").status_code == 200
    assert half_way.post("/login/code/", {"code": "000000"}).status_code == 200
    assert not is_in(half_way)
    answer = half_way.post("/login/code/", {"code": code(reporter, now)})
    assert (answer["Location"], is_in(half_way)) == ("/devices/", True)


def test_a_code_that_was_seen_does_not_work_again(reporter, now):
    switch_on(reporter, now)
    used = code(reporter, now)
    assert with_password(reporter).post("/login/code/", {"code": used}).status_code == 302
    assert with_password(reporter).post("/login/code/", {"code": used}).status_code == 200


def test_a_recovery_code_works_once(reporter, now):
    codes = switch_on(reporter, now)
    first, again = with_password(reporter), with_password(reporter)
    assert first.post("/login/code/", {"code": f" {codes[0].lower()} "}).status_code == 302
    assert again.post("/login/code/", {"code": codes[0]}).status_code == 200
    assert again.post("/login/code/", {"code": codes[1]}).status_code == 302


def test_the_second_step_is_locked_after_failures_though_the_password_is_right(reporter, now):
    switch_on(reporter, now)
    for _each in range(5):
        with_password(reporter).post("/login/code/", {"code": "000000"})
    answer = with_password(reporter).post("/login/code/", {"code": code(reporter, now)})
    assert answer.context["form"].errors["code"][0].startswith("失败次数过多")


def test_half_a_login_lasts_five_minutes_and_ends_with_the_password(reporter, now, administrator):
    switch_on(reporter, now)
    late, changed = with_password(reporter), with_password(reporter)
    session = late.session
    pending = session["second_step"]
    session["second_step"] = pending | {"at": "2020-01-01T00:00:00+00:00"}
    session.save()
    assert late.post("/login/code/", {"code": code(reporter, now)})["Location"] == "/login/"
    reporter.set_password("Xiangjiang-58")
    reporter.save()
    assert changed.post("/login/code/", {"code": code(reporter, now)})["Location"] == "/login/"


def test_nobody_gets_to_the_second_step_without_the_password(reporter):
    assert Client().get("/login/code/")["Location"] == "/login/"


def test_it_is_switched_off_with_a_code_only(client, reporter, now):
    switch_on(reporter, now)
    client.force_login(reporter)
    client.post("/second-step/", {"code": "000000", "off": "1"})
    assert second_factor.is_on(reporter)
    client.post("/second-step/", {"code": code(reporter, now), "off": "1"})
    assert not second_factor.is_on(reporter)


def test_new_recovery_codes_end_the_older(client, reporter, now):
    old = switch_on(reporter, now)
    client.force_login(reporter)
    new = client.post("/second-step/", {"code": code(reporter, now)}).context["codes"]
    assert second_factor.code_use(user=reporter, typed=old[0]) is False
    assert second_factor.code_use(user=reporter, typed=new[0]) is True


def test_an_administrator_helps_who_lost_everything(reporter, administrator, now):
    switch_on(reporter, now)
    client = Client()
    client.force_login(administrator)
    assert client.post(f"/users/{reporter.pk}/second-step/off/").status_code == 302
    assert not second_factor.is_on(reporter)
    assert SecurityEvent.objects.filter(kind="factor_off").values_list("user", "about").get() == (
        administrator.pk,
        reporter.pk,
    )


def test_nobody_else_switches_it_off(reporter, administrator, now):
    switch_on(administrator, now)
    with pytest.raises(PermissionDenied):
        second_factor.factor_remove(user=administrator, by=reporter)


def test_administrators_need_it_where_the_setting_says_so(administrator, reporter, now, settings):
    settings.SECOND_STEP_FOR_ADMINISTRATORS = True
    boss, other = Client(), Client()
    boss.force_login(administrator)
    other.force_login(reporter)
    assert boss.get("/users/")["Location"] == "/second-step/"
    assert boss.get("/admin/")["Location"] == "/second-step/"
    assert other.get("/devices/").status_code == 200
    switch_on(administrator, now)
    boss.force_login(administrator)
    assert boss.get("/users/").status_code == 200
    boss.post("/second-step/", {"code": code(administrator, now), "off": "1"})
    assert second_factor.is_on(administrator)
