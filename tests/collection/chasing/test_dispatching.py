"""At most once: claims, crashes, lost answers, retries; and what a robot's server may answer."""

import datetime as dt
import http.client
import json
import smtplib
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from apps.collection.chasing import dispatching, email, webhook
from apps.collection.chasing.policies import robot_add
from apps.collection.chasing.sending import NotSentError, UncertainError
from apps.collection.errors import WorkflowError
from apps.collection.models import Dispatch, Notice


@pytest.fixture
def group(district, administrator):
    return robot_add(
        region=district.plan.region,
        name="示例群",
        kind="wecom",
        url="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=example",
        secret="",
        by=administrator,
    )


@pytest.fixture
def dispatch(district, group):
    return Dispatch.objects.create(
        channel="robot", robot=group, period=district.periods[2], step="s", subject="标题", body="正文"
    )


def answers(monkeypatch, error=None):
    sent = []

    def post(url, payload):
        sent.append((url, payload))
        if error:
            raise error

    monkeypatch.setattr(webhook, "post", post)
    return sent


def state(dispatch):
    dispatch.refresh_from_db()
    return dispatch.state


def test_a_message_is_sent_once_however_often_it_is_tried(monkeypatch, dispatch):
    sent = answers(monkeypatch)
    assert [dispatching.dispatch_send(dispatch.pk) for _ in range(3)] == ["sent", None, None]
    assert dispatching.dispatches_send() == {"sent": 0, "failed": 0, "uncertain": 0}
    assert sent == [(dispatch.robot.url, {"msgtype": "markdown", "markdown": {"content": "**标题**\n正文"}})]


def test_a_claim_of_another_process_is_respected_and_becomes_uncertain_when_it_dies(monkeypatch, dispatch):
    sent = answers(monkeypatch)
    Dispatch.objects.update(state="sending", claimed_at=timezone.now())
    dispatching.dispatches_send()
    assert state(dispatch) == "sending"
    Dispatch.objects.update(claimed_at=timezone.now() - dt.timedelta(minutes=11))
    dispatching.dispatches_send()
    assert (state(dispatch), sent) == ("uncertain", [])


@pytest.mark.parametrize(
    ("error", "ends"), [(UncertainError("?"), "uncertain"), (RuntimeError("bug"), "uncertain")]
)
def test_what_nobody_knows_is_never_tried_again_by_itself(monkeypatch, dispatch, error, ends):
    sent = answers(monkeypatch, error)
    for _ in range(3):
        dispatching.dispatches_send()
    assert (state(dispatch), len(sent)) == (ends, 1)


def test_what_certainly_failed_is_tried_three_times_with_a_pause(monkeypatch, dispatch):
    sent = answers(monkeypatch, NotSentError("拒收"))
    for _ in range(5):
        dispatching.dispatches_send()
    assert (state(dispatch), len(sent)) == ("failed", 1)
    for _ in range(5):
        Dispatch.objects.update(finished_at=timezone.now() - dt.timedelta(hours=1))
        dispatching.dispatches_send()
    assert (state(dispatch), len(sent), dispatch.attempts, dispatch.error) == ("failed", 3, 3, "拒收")


def test_a_person_may_send_again_or_let_it_rest(monkeypatch, dispatch, administrator, district):
    answers(monkeypatch, UncertainError("?"))
    dispatching.dispatch_send(dispatch.pk)
    with pytest.raises(PermissionDenied):
        dispatching.dispatch_retry(dispatch=dispatch, by=district.reporter)
    dispatching.dispatch_retry(dispatch=dispatch, by=administrator)
    assert (state(dispatch), dispatch.retried_by) == ("queued", administrator)
    with pytest.raises(WorkflowError):
        dispatching.dispatch_retry(dispatch=dispatch, by=administrator)
    dispatching.dispatch_send(dispatch.pk)
    dispatching.dispatch_drop(dispatch=dispatch, by=administrator)
    dispatching.dispatches_send()
    assert state(dispatch) == "dropped"


@pytest.fixture
def letter(district):
    district.reporter.email = "reporter@example.org"
    district.reporter.save()
    period = district.periods[2]
    notice = Notice.objects.create(
        user=district.reporter,
        kind="reminder",
        organisation=district.school,
        period=period,
        on=period.due_on,
        due_on=period.due_on,
    )
    return Dispatch.objects.create(
        channel="email", notice=notice, period=period, step="s", subject="标题", body="正文"
    )


def test_a_letter_goes_to_the_address_of_the_account(letter, settings):
    settings.EMAIL_CONFIGURED = True
    assert dispatching.dispatch_send(letter.pk) == "sent"
    assert [(message.to, message.subject) for message in mail.outbox] == [(["reporter@example.org"], "标题")]


def test_without_a_server_or_an_address_a_letter_fails_and_says_so(letter, settings):
    settings.EMAIL_CONFIGURED = False
    assert dispatching.dispatch_send(letter.pk) == "failed"
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("where", "error", "ends"),
    [
        ("open", ConnectionRefusedError(), NotSentError),
        ("open", smtplib.SMTPAuthenticationError(535, b"no"), NotSentError),
        ("send_messages", smtplib.SMTPRecipientsRefused({}), NotSentError),
        ("send_messages", smtplib.SMTPServerDisconnected(), UncertainError),
        ("send_messages", TimeoutError(), UncertainError),
    ],
)
def test_what_a_mail_server_s_silence_means(monkeypatch, settings, where, error, ends):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(f"django.core.mail.backends.locmem.EmailBackend.{where}", fail)
    with pytest.raises(ends):
        email.send(address="a@example.org", subject="标题", body="正文")


@pytest.mark.parametrize(
    "url",
    [
        "http://qyapi.weixin.qq.com/send",
        "https://127.0.0.1/",
        "https://qyapi.weixin.qq.com.example.org/",
        "https://qyapi.weixin.qq.com:8443/",
        "https://user@qyapi.weixin.qq.com/",
        "https://qyapi.weixin.qq.com@example.org/",
        "https://169.254.169.254/latest/",
        "https://[::1]/",
        "https://qyapi.weixin.qq.com:99999/",
        "file:///etc/passwd",
        "",
    ],
)
def test_only_the_allowed_hosts_are_ever_posted_to(monkeypatch, url):
    monkeypatch.setattr(webhook, "connect", lambda *args, **kwargs: pytest.fail("connected"))
    with pytest.raises(ValidationError):
        webhook.check_address(url)
    with pytest.raises(NotSentError):
        webhook.post(url, {})


class Robot(BaseHTTPRequestHandler):
    """Answers as `server.answer` says: status and body; None hangs up without a word."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, self.headers["Content-Type"], json.loads(body)))
        if self.server.answer is None:
            return
        status, body = self.server.answer
        self.send_response(status)
        self.send_header("Location", "https://qyapi.weixin.qq.com/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(settings, monkeypatch):
    """A robot's server on this machine, spoken to without TLS; the list of allowed hosts has it."""
    found = HTTPServer(("127.0.0.1", 0), Robot)
    found.got, found.answer = [], (200, b'{"errcode": 0, "errmsg": "ok"}')
    found.url = f"https://127.0.0.1:{found.server_port}/send?key=1"
    settings.WEBHOOK_HOSTS = [f"127.0.0.1:{found.server_port}"]
    monkeypatch.setattr(webhook, "connect", http.client.HTTPConnection)
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield found
    found.shutdown()
    thread.join()
    found.server_close()


def test_a_robot_gets_json_in_its_own_shape(server):
    webhook.post(server.url, webhook.message("dingtalk", subject="标题", body="正文"))
    assert server.got == [
        (
            "/send?key=1",
            "application/json; charset=utf-8",
            {"msgtype": "markdown", "markdown": {"title": "标题", "text": "### 标题\n\n正文"}},
        )
    ]


@pytest.mark.parametrize(
    ("answer", "ends"),
    [
        ((302, b""), NotSentError),
        ((404, b""), NotSentError),
        ((200, b'{"errcode": 93000, "errmsg": "invalid webhook url"}'), NotSentError),
        ((502, b""), UncertainError),
        ((200, b"<html>"), UncertainError),
        (None, UncertainError),
    ],
)
def test_what_a_robot_s_answer_means(server, answer, ends):
    server.answer = answer
    with pytest.raises(ends):
        webhook.post(server.url, {})
    assert len(server.got) == 1


def test_a_robot_that_is_not_there_got_nothing(server, settings):
    settings.WEBHOOK_HOSTS = ["127.0.0.1:9"]
    with pytest.raises(NotSentError):
        webhook.post("https://127.0.0.1:9/", {})


def test_dingtalk_s_signature():
    url = "https://oapi.dingtalk.com/robot/send?access_token=x"
    assert webhook.signed(url, kind="wecom", secret="s") == url
    assert webhook.signed(url, kind="dingtalk", secret="") == url
    signed = webhook.signed(url, kind="dingtalk", secret="SEC", now=1_700_000_000.0)
    # hmac-sha256 of "1700000000000\nSEC" with key SEC, base64, percent-encoded
    assert signed.startswith(f"{url}&timestamp=1700000000000&sign=")
    assert len(signed.rpartition("=")[2]) >= 44
