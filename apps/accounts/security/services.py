"""Ending logins."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.crypto import salted_hmac

from apps.accounts.models import User
from apps.accounts.permissions import is_same_person, manages_accounts
from apps.accounts.security.enums import EventKind
from apps.accounts.security.events import note
from apps.accounts.security.models import Session


def public_key(session: Session) -> str:
    """Return a name of a session for pages: its own key would let whoever reads it take the session over."""
    return salted_hmac("lusong.session", session.session_key, algorithm="sha256").hexdigest()[:24]


def sessions_end(*, user: User, by: User, keep: str | None = None, only: str = "") -> int:
    """End a person's logins except the one of the key `keep`; of them the one named `only`, else all.

    Returns how many ended.
    """
    if not (is_same_person(by, user) or manages_accounts(by)):
        raise PermissionDenied
    rows = Session.objects.filter(user=user).exclude(session_key=keep)
    keys = [row.session_key for row in rows if not only or public_key(row) == only]
    n_ended = Session.objects.filter(session_key__in=keys).delete()[0]
    if n_ended:
        note(EventKind.ENDED, by=by, about=None if is_same_person(by, user) else user, detail=str(n_ended))
    return n_ended
