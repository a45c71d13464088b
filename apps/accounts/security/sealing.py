"""Secrets of second steps as the database holds them: encrypted (Fernet) with keys that it does not have.

`settings.SECOND_STEP_KEYS`: the first key encrypts, all of them decrypt. What is encrypted begins with the
account's number: whoever may write to the table cannot give one account another's second step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

    from apps.accounts.security.models import SecondFactor


class Unreadable(Exception):
    """It was encrypted with a key that is not here, for another account, or is damaged."""


def seal(secret: bytes, *, user_id: int) -> str:
    """Return the secret as it may stand in the database (ASCII)."""
    return _fernets()[0].encrypt(_owner(user_id) + secret).decode("ascii")


def unseal(sealed: str, *, user_id: int) -> bytes:
    """Return the secret; raises Unreadable."""
    from cryptography.fernet import InvalidToken, MultiFernet

    try:
        found = MultiFernet(_fernets()).decrypt(sealed)
    except InvalidToken as error:
        raise Unreadable from error
    if not found.startswith(_owner(user_id)):
        raise Unreadable
    return found.removeprefix(_owner(user_id))


def is_by_newest_key(sealed: str) -> bool:
    from cryptography.fernet import InvalidToken

    try:
        _fernets()[0].decrypt(sealed)
    except InvalidToken:
        return False
    return True


def secret_of(factor: SecondFactor) -> bytes:
    """Return an authenticator's secret; raises Unreadable."""
    if factor.sealed:
        return unseal(factor.sealed, user_id=factor.user_id)
    if factor.secret is None:
        raise Unreadable
    return bytes(factor.secret)  # an earlier version wrote it, which may run beside this one


def is_readable(factor: SecondFactor) -> bool:
    try:
        secret_of(factor)
    except Unreadable:
        return False
    return True


def _owner(user_id: int) -> bytes:
    return b"%d:" % user_id


def _fernets() -> list[Fernet]:
    from cryptography.fernet import Fernet  # who has no second step need not load it

    return [Fernet(key) for key in settings.SECOND_STEP_KEYS]
