"""Locking out after failures: by account, by address, without telling who exists."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts.models import LoginLock, SecurityEvent
from apps.accounts.security import locks
from apps.accounts.security.enums import EventKind

PASSWORD = "password"
WRONG = "用户名或密码错误。"
LOCKED = "失败次数过多：请在15分钟后再试，或请区教育局系统管理员解除锁定。"


@pytest.fixture
def elsewhere_user(elsewhere):
    from tests.factories import UserFactory

    return UserFactory(username="far", role="leader", region=elsewhere)


def log_in(username, password=PASSWORD, address="10.0.0.1"):
    """Return what the login says, None when it lets in."""
    answer = Client(REMOTE_ADDR=address).post("/login/", {"username": username, "password": password})
    return None if answer.status_code == 302 else list(answer.context["form"].non_field_errors())


def fail(username, times):
    return [log_in(username, "wrong") for _each in range(times)]


@pytest.mark.parametrize("username", ["reporter", "nobody"])
def test_five_failures_lock_an_account_whether_it_exists_or_not(reporter, username):
    assert fail(username, 6) == [
        [WRONG],
        [WRONG],
        [WRONG, "再失败2次，账号将锁定15分钟。"],
        [WRONG, "再失败1次，账号将锁定15分钟。"],
        [WRONG, LOCKED],
        [LOCKED],
    ]


def test_a_locked_account_is_closed_to_the_right_password_too_and_from_everywhere(reporter):
    fail("reporter", 5)
    assert log_in("reporter") == [LOCKED]
    assert log_in("REPORTER", address="10.0.0.2") == [LOCKED]


def test_other_spellings_of_a_name_are_one_account(reporter, administrator):
    fail("REPORTER", 3)
    fail(" reporter", 2)
    fail("adm\u0131n", 5)  # PostgreSQL finds admin by it
    assert log_in("reporter") == [LOCKED]
    assert log_in("admin") == [LOCKED]


def test_the_lock_ends_by_itself(reporter):
    fail("reporter", 5)
    LoginLock.objects.update(locked_until=timezone.now() - timedelta(seconds=1))
    assert log_in("reporter") is None
    assert fail("reporter", 1) == [[WRONG]]


def test_a_success_and_time_forget_the_failures(reporter):
    fail("reporter", 4)
    assert log_in("reporter") is None
    fail("reporter", 4)
    LoginLock.objects.update(since=timezone.now() - timedelta(minutes=16))
    assert fail("reporter", 4)[0] == [WRONG]
    assert log_in("reporter") is None


def test_an_address_is_locked_later_and_others_get_in(reporter, settings):
    settings.LOGIN_FAILURES = {"account": 5, "address": 6}
    for number in range(6):
        log_in(f"guess{number}", "wrong")
    assert log_in("reporter") == [LOCKED]
    assert log_in("reporter", address="10.0.0.2") is None


def test_successes_do_not_use_up_an_address(reporter, settings):
    settings.LOGIN_FAILURES = {"account": 5, "address": 3}
    assert [log_in("reporter") for _each in range(5)] == [None] * 5


def test_an_administrator_removes_the_lock(reporter, administrator, client):
    fail("reporter", 5)
    client.force_login(administrator)
    row = next(row for row in client.get("/users/").context["page"] if row.username == "reporter")
    assert client.post(f"/security/locks/{row.lock_id}/remove/", {"from": "users"})["Location"] == "/users/"
    assert log_in("reporter") is None
    assert SecurityEvent.objects.filter(kind="unlocked").values_list("user", "about").get() == (
        administrator.pk,
        reporter.pk,
    )


def test_locks_of_another_district_are_not_there(administrator, elsewhere_user, client):
    fail("far", 5)
    client.force_login(administrator)
    lock = LoginLock.objects.locked().get(kind="account")
    assert [row.kind for row in client.get("/security/").context["locks"]] == []
    assert client.post(f"/security/locks/{lock.pk}/remove/").status_code == 404
    with pytest.raises(PermissionDenied):
        locks.lock_remove(lock=lock, by=elsewhere_user)


def test_what_a_stranger_typed_is_kept_nowhere(reporter):
    fail("MyPassword-123", 5)
    kept = str(list(LoginLock.objects.values())) + str(list(SecurityEvent.objects.values()))
    assert "mypassword" not in kept.lower()


def test_a_code_cannot_be_guessed_at_length(administrator, reporter):
    strong = {"new_password": "Xiangjiang-58", "again": "Xiangjiang-58"}
    data = {"username": "nobody", "code": "AAAA2222", **strong}
    answers = [list(Client().post("/reset/", data).context["form"].errors["code"]) for _each in range(6)]
    assert answers[5] == [LOCKED]


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_get_no_more_than_the_limit(settings):
    settings.LOGIN_FAILURES = {"account": 3, "address": 100}
    barrier, begun = Barrier(8), []

    def attempt():
        try:
            barrier.wait()
            begun.append(locks.attempt_begin("somebody"))
        except ValidationError:
            pass
        finally:
            connection.close()

    threads = [Thread(target=attempt) for _each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == 3


def test_the_log_tells_failures_and_locks(reporter):
    fail("reporter", 5)
    kinds = SecurityEvent.objects.order_by("pk").values_list("kind", "about", "address")
    assert list(kinds) == [
        *[(EventKind.FAILED, reporter.pk, "10.0.0.1")] * 5,
        (EventKind.LOCKED, reporter.pk, "10.0.0.1"),
    ]
