"""Posting to the robots of chat groups (企业微信, 钉钉): https and allowed hosts only, no redirects.

The address comes from a person, so it must not reach inside the bureau's network: whatever host is not on
`settings.WEBHOOK_HOSTS` is refused, when it is entered and again when it is used.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.collection.chasing.enums import RobotKind
from apps.collection.chasing.sending import NotSentError, UncertainError

LARGEST_ANSWER = 10_000
connect: Callable[..., http.client.HTTPConnection] = http.client.HTTPSConnection


def check_address(url: str) -> None:
    """Raise ValidationError unless the address may be posted to."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValidationError({"url": _("This is not a web address.")}) from error
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
        raise ValidationError({"url": _("The address must begin with https:// and name a host.")})
    place = parts.hostname if port in (None, 443) else f"{parts.hostname}:{port}"
    if place not in settings.WEBHOOK_HOSTS:
        text = _("%(host)s is not one of the allowed hosts (%(hosts)s); the operator may add it.")
        raise ValidationError({"url": text % {"host": place, "hosts": ", ".join(settings.WEBHOOK_HOSTS)}})


def message(kind: str, *, subject: str, body: str) -> dict[str, Any]:
    """Return the JSON that a robot takes for a short text in Markdown."""
    if kind == RobotKind.DINGTALK:
        return {"msgtype": "markdown", "markdown": {"title": subject, "text": f"### {subject}\n\n{body}"}}
    return {"msgtype": "markdown", "markdown": {"content": f"**{subject}**\n{body}"}}


def signed(url: str, *, kind: str, secret: str, now: float | None = None) -> str:
    """Return the address with DingTalk's signature where the robot asks for one."""
    if kind != RobotKind.DINGTALK or not secret:
        return url
    stamp = str(round((time.time() if now is None else now) * 1000))
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    joint = "&" if urlsplit(url).query else "?"
    return f"{url}{joint}timestamp={stamp}&sign={quote_plus(base64.b64encode(digest))}"


def post(url: str, payload: dict[str, Any]) -> None:
    """Post to a robot and return when it has taken the message.

    Raises:
        NotSentError: it certainly was not taken (address refused, no connection, the robot says no).
        UncertainError: it was handed over and no answer came.
    """
    try:
        check_address(url)
    except ValidationError as refusal:
        raise NotSentError("; ".join(refusal.messages)) from refusal
    parts = urlsplit(url)
    connection = connect(parts.hostname or "", parts.port or 443, timeout=settings.WEBHOOK_SECONDS)
    try:
        try:
            connection.connect()
        except OSError as error:
            raise NotSentError(_("No connection: %(error)s") % {"error": _reason(error)}) from error
        _check(_exchange(connection, parts.path or "/", parts.query, payload))
    finally:
        connection.close()


def _exchange(
    connection: http.client.HTTPConnection, path: str, query: str, payload: dict[str, Any]
) -> tuple[int, bytes]:
    target = f"{path}?{query}" if query else path
    body = json.dumps(payload, ensure_ascii=False).encode()
    try:
        connection.request("POST", target, body, {"Content-Type": "application/json; charset=utf-8"})
        answer = connection.getresponse()
        return answer.status, answer.read(LARGEST_ANSWER)
    except (OSError, http.client.HTTPException) as error:
        raise UncertainError(_("No answer came: %(error)s") % {"error": _reason(error)}) from error


def _check(answer: tuple[int, bytes]) -> None:
    """Both kinds of robots answer 200 with `errcode` 0 when they have taken a message."""
    status, body = answer
    if status >= http.client.INTERNAL_SERVER_ERROR:
        raise UncertainError(_("The robot's server answered with status %(status)s.") % {"status": status})
    if status != http.client.OK:
        raise NotSentError(_("The robot's server answered with status %(status)s.") % {"status": status})
    try:
        told = json.loads(body)
        code = told["errcode"]
    except (ValueError, KeyError, TypeError) as error:
        raise UncertainError(_("The answer cannot be read.")) from error
    if code != 0:
        text = _("The robot refused it: %(code)s %(message)s")
        raise NotSentError(text % {"code": code, "message": str(told.get("errmsg", ""))[:150]})


def _reason(error: Exception) -> str:
    return str(error)[:150] or type(error).__name__
