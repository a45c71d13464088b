"""A new password by a link in an e-mail: nobody learns who has an account, it works once, logins end."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from apps.accounts.models import LoginLock, ResetCode, SecurityEvent, Session
from apps.accounts.security import resetting
from apps.accounts.tasks import reset_link_send
from tests.accounts.conftest import STRONG

ASK, LINK = "/reset/e-mail/", "/reset/link/"


@pytest.fixture(autouse=True)
def _mail(settings, monkeypatch):
    """A mail server is configured, and the worker does at once what it is asked."""
    settings.EMAIL_CONFIGURED = True
    settings.PUBLIC_URL = "https://tracker.example.gov.cn"
    monkeypatch.setattr(resetting, "send_after_commit", lambda task, *given: task(*given))


@pytest.fixture
def reporter(reporter):
    reporter.email = "reporter@example.gov.cn"
    reporter.save()
    return reporter


def ask(username, address="10.0.0.1"):
    return Client(REMOTE_ADDR=address).post(ASK, {"username": username})


def link_in(message):
    found = re.search(r"https://tracker\.example\.gov\.cn(/reset/link/\?t=\S+)", message.body)
    return found[1]


def asked_link(username="reporter"):
    ask(username)
    return link_in(mail.outbox[-1])


def use(link, password=STRONG, again=STRONG):
    """Open the link in a browser and send a new password."""
    browser = Client()
    assert browser.get(link)["Location"] == LINK  # the secret leaves the address
    return browser.post(LINK, {"new_password": password, "again": again})


def test_a_link_sets_a_new_password_and_ends_every_login(reporter, administrator, client):
    client.force_login(reporter)
    ResetCode.objects.create(
        user=reporter, code_hash="x", issued_by=administrator, expires_at=timezone.now() + timedelta(hours=1)
    )
    link = asked_link()
    assert mail.outbox[0].to == ["reporter@example.gov.cn"]
    assert use(link)["Location"] == "/login/"
    assert client.get("/").status_code == 302
    assert not Session.objects.filter(user=reporter).exists()
    assert ResetCode.objects.get().used_at is not None
    assert Client().login(username="reporter", password=STRONG)
    kinds = SecurityEvent.objects.order_by("pk").values_list("kind", "user", "about")
    assert [row for row in kinds if row[0] in ("link", "password")] == [
        ("link", None, reporter.pk),
        ("password", reporter.pk, None),
    ]


def test_it_does_not_log_in_and_leaves_the_second_step(reporter):
    browser = Client()
    browser.get(asked_link())
    browser.post(LINK, {"new_password": STRONG, "again": STRONG})
    assert "_auth_user_id" not in browser.session


def test_a_link_works_once(reporter):
    link = asked_link()
    assert use(link).status_code == 302
    answer = use(link, "Anders-58-Zeit", "Anders-58-Zeit")
    assert answer.status_code == 400
    assert "此链接无法使用" in answer.content.decode()
    reporter.refresh_from_db()
    assert reporter.check_password(STRONG)


def test_two_browsers_with_one_link(reporter):
    given = asked_link().partition("?t=")[2]
    assert resetting.link_use(given=given, password=STRONG) == reporter
    assert resetting.link_use(given=given, password="Anders-58-Zeit") is None


@pytest.mark.parametrize(
    "change",
    [
        {"email": "other@example.gov.cn"},
        {"is_active": False},
        {"last_login": timezone.now()},
        {"password": "!"},
    ],
)
def test_what_changed_meanwhile_makes_it_void(reporter, change):
    link = asked_link()
    type(reporter).objects.filter(pk=reporter.pk).update(**change)
    assert use(link).status_code == 400


def test_it_is_void_after_half_an_hour(reporter, settings, monkeypatch):
    link = asked_link()
    later = resetting.tokens._now() + timedelta(minutes=31)
    monkeypatch.setattr(resetting.tokens, "_now", lambda: later)
    assert use(link).status_code == 400


def test_a_link_of_one_person_is_not_anothers(reporter, administrator):
    _path, _t, given = asked_link().partition("?t=")
    forged = f"{administrator.pk}.{given.partition('.')[2]}"
    assert use(f"{LINK}?t={forged}").status_code == 400
    assert [resetting.user_of(text) for text in ("", "x", "1", "9" * 30, f"{reporter.pk}.", "٣.x")] == [
        None
    ] * 6


def test_a_weak_password_keeps_the_link_open(reporter):
    link = asked_link()
    assert use(link, "short", "short").status_code == 200
    assert use(link).status_code == 302


def test_nobody_learns_who_has_an_account(reporter, administrator):
    """Unknown, shut, without an address, without a password: the same page, and no mail."""
    known = ask("reporter").content
    sent = len(mail.outbox)
    answers = {name: ask(name).content for name in ("nobody", "admin")}
    shown = {name: re.sub(rb'value="[^"]*"', b"", page) for name, page in answers.items()}
    assert set(shown.values()) == {re.sub(rb'value="[^"]*"', b"", known)}
    assert (sent, len(mail.outbox)) == (1, 1)


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": ""}, {"password": "!"}])
def test_nothing_is_sent_to_whom_it_may_not(reporter, change):
    type(reporter).objects.filter(pk=reporter.pk).update(**change)
    ask("reporter")
    assert mail.outbox == []


@pytest.mark.parametrize("username", ["reporter", "nobody"])
def test_asking_too_often_is_refused_whether_the_account_exists_or_not(reporter, username):
    answers = [ask(username) for _each in range(6)]
    assert ["form" in answer.context and bool(answer.context["form"].errors) for answer in answers] == [
        *[False] * 5,
        True,
    ]
    assert len(mail.outbox) == (5 if username == "reporter" else 0)
    assert LoginLock.objects.locked().filter(kind="account").count() == 1


def test_asking_locks_nobody_out_of_the_login(reporter):
    for _each in range(6):
        ask("reporter")
    entered = Client().post("/login/", {"username": "reporter", "password": "password"})
    assert entered.status_code == 302


def test_an_address_that_asks_for_many_is_refused(reporter, settings):
    settings.LOGIN_FAILURES = {"account": 5, "address": 3}
    for number in range(3):
        ask(f"guess{number}")
    assert ask("reporter").context["form"].errors
    assert mail.outbox == []


def test_without_a_mail_server_the_page_says_whom_to_ask(reporter, settings):
    settings.EMAIL_CONFIGURED = False
    page = Client().get(ASK).content.decode()
    assert "请通过电话或当面向区教育局系统管理员索取一次性验证码" in page
    assert "<form method" not in page.partition("<main")[2]
    ask("reporter")
    assert mail.outbox == []


def test_the_secret_is_in_no_message_to_a_worker(reporter, monkeypatch):
    given = []
    monkeypatch.setattr(
        resetting, "send_after_commit", lambda task, *arguments: given.append((task, arguments))
    )
    ask("reporter")
    ask("nobody")
    base = "https://tracker.example.gov.cn"
    assert given == [
        (reset_link_send, (reporter.pk, base, "zh-hans")),
        (reset_link_send, (0, base, "zh-hans")),
    ]


def test_the_mail_is_in_the_readers_language(reporter):
    ask("reporter")
    assert mail.outbox[0].subject == "重设密码：芦淞教育目标追踪平台"
    assert mail.outbox[0].body.startswith(
        f"{reporter.name}：\n\n有人为您在芦淞教育目标追踪平台的账号reporter申请重设密码。"
    )
