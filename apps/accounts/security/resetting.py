"""A new password by a link in an e-mail: to the address on file, for half an hour, once.

Whoever asks learns nothing: names that no account has are counted, answered and handed to a worker like those
of accounts. The link is made by the worker, so that no broker and no table ever holds it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts import services
from apps.accounts.models import User
from apps.accounts.security import locks
from apps.accounts.security.enums import EventKind
from apps.accounts.security.events import note
from apps.accounts.security.models import Session
from apps.core.after_commit import send_after_commit


class LinkTokens(PasswordResetTokenGenerator):
    """Django's signed tokens; a new password, a login, another address or a shut account makes them void."""

    key_salt = "lusong.reset_link"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}"


tokens = LinkTokens()


def is_offered() -> bool:
    """E-mail can be sent from here."""
    return bool(settings.EMAIL_CONFIGURED)


@transaction.atomic
def link_ask(*, username: str, base: str) -> None:
    """Have a link sent to whoever is called that, if there is such an account and it has an address.

    Args:
        base: how people reach the platform (https://tracker.example.gov.cn).

    Raises ValidationError, in words, when the name or the network address has asked too often.
    """
    attempt = locks.attempt_begin(username, purpose="link")
    locks.attempt_used_up(attempt)
    note(EventKind.LINK, about=attempt.user)
    from apps.accounts.tasks import reset_link_send

    pk = attempt.user.pk if attempt.user else 0
    send_after_commit(reset_link_send, pk, base, translation.get_language())


def link_send(*, pk: int, base: str, language: str) -> bool:
    """Send the link; False: there is no such account, it is shut, or it has no address or no password yet."""
    user = User.objects.filter(pk=pk, is_active=True).exclude(email="").first()
    if user is None or not user.has_usable_password() or not is_offered():
        return False
    text = (
        f"{base}{reverse('accounts:reset-link')}?{urlencode({'t': f'{user.pk}.{tokens.make_token(user)}'})}"
    )
    with translation.override(language):
        subject, body = _words(user, text)
    connection = get_connection(timeout=settings.EMAIL_TIMEOUT)
    EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [user.email], connection=connection).send()
    return True


def _words(user: User, link: str) -> tuple[str, str]:
    known = {
        "name": user.name,
        "username": user.username,
        "link": link,
        "minutes": settings.PASSWORD_RESET_TIMEOUT // 60,
    }
    body = _(
        "%(name)s,\n\n"
        "somebody asked for a new password for your account %(username)s of the Lusong Education Target"
        " Tracker.\n"
        "If it was you, open this address within %(minutes)d minutes and choose one:\n\n"
        "%(link)s\n\n"
        "If it was not you, do nothing: your password stays as it is. Tell the bureau's administrator if this"
        " comes again.\n"
        "Nobody of the bureau will ever ask you for this address or for your password.\n"
    )
    return _("Set a new password: Lusong Education Target Tracker"), body % known


def user_of(given: str) -> User | None:
    """Return whose link this is; None: nobody's, used up, too old, or altered."""
    pk, _dot, token = given.partition(".")
    user = (
        User.objects.filter(pk=int(pk), is_active=True).first() if pk.isdecimal() and len(pk) < 10 else None
    )
    return user if user is not None and tokens.check_token(user, token) else None


@transaction.atomic
def link_use(*, given: str, password: str) -> User | None:
    """Set the password of whose link this is, once; all logins and open codes of theirs end."""
    user = user_of(given)
    if user is None:
        return None
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    user = user_of(given)  # whoever was first has changed the password meanwhile
    if user is None:
        return None
    services.password_set(user=user, password=password, by=user)
    services.codes_close(user)
    Session.objects.filter(user=user).delete()
    return user
