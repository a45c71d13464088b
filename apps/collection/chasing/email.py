"""E-mail, where the operator has configured a server and the account has an address."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext as _

from apps.collection.chasing.sending import NotSentError, UncertainError

REFUSED = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPHeloError,
    smtplib.SMTPNotSupportedError,
)


def is_configured() -> bool:
    return bool(settings.EMAIL_CONFIGURED)


def send(*, address: str, subject: str, body: str) -> None:
    """Send one e-mail (raises as `webhook.post`)."""
    connection = get_connection(timeout=settings.EMAIL_TIMEOUT)
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise NotSentError(_("No connection: %(error)s") % {"error": str(error)[:150]}) from error
    try:
        EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [address], connection=connection).send()
    except REFUSED as error:
        raise NotSentError(_("The server refused it: %(error)s") % {"error": str(error)[:150]}) from error
    except (OSError, smtplib.SMTPException) as error:
        raise UncertainError(_("No answer came: %(error)s") % {"error": str(error)[:150]}) from error
    finally:
        _close(connection)


def _close(connection) -> None:  # type: ignore[no-untyped-def]
    """The message is away by now: that the farewell fails says nothing about it."""
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        return
