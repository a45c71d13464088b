"""Every write to accounts. `by` is whoever does it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import password_changed, validate_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from apps.accounts import codes
from apps.accounts.models import ResetCode, User
from apps.accounts.permissions import deactivates, is_same_person, manages_accounts
from apps.organisations.models import Organisation, Region

CODE_LIFETIME = timedelta(hours=24)
CODE_TRIES = 5


@transaction.atomic
def user_create(
    *,
    username: str,
    name: str,
    role: str,
    region: Region,
    by: User,
    organisation: Organisation | None = None,
    offices_led: Iterable[Organisation] = (),
) -> User:
    """Create an account without a password; its owner sets one with a reset code."""
    _require(manages_accounts(by))
    user = User.objects.create_user(
        username, None, name=name, role=role, region=region, organisation=organisation
    )
    user.offices_led.set(offices_led)
    return user


@transaction.atomic
def user_set_active(*, user: User, active: bool, by: User) -> User:
    """Switch an account on or off; off ends its sessions (at their next request) and its reset code."""
    _require(deactivates(by, user))
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        _close_codes(user)
    return user


@transaction.atomic
def reset_code_issue(*, user: User, by: User) -> str:
    """Issue a one-time code that lets `user` set a new password, and return it: it cannot be read again."""
    _require(manages_accounts(by) and user.is_active)
    User.objects.select_for_update().get(pk=user.pk)
    _close_codes(user)
    code = codes.new_code()
    ResetCode.objects.create(
        user=user, code_hash=make_password(code), issued_by=by, expires_at=timezone.now() + CODE_LIFETIME
    )
    return code


@transaction.atomic
def reset_code_redeem(*, username: str, code: str, password: str) -> User | None:
    """Set the password of whoever holds the code; None when user, code, its age or its tries do not allow it.

    Raises ValidationError, leaving the code open, when the code is right and the password too weak.
    """
    row = (
        ResetCode.objects.select_for_update(of=["self"])
        .select_related("user")
        .filter(user__username__iexact=username.strip(), user__is_active=True, used_at__isnull=True)
        .filter(expires_at__gt=timezone.now(), failures__lt=CODE_TRIES)
        .first()
    )
    if row is None:
        make_password(code)  # as slow as a real comparison, so that nobody learns who has a code
        return None
    if not check_password(codes.normalised(code), row.code_hash):
        row.failures += 1
        row.save(update_fields=["failures"])
        return None
    validate_password(password, row.user)
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    return password_set(user=row.user, password=password, by=row.user)


@transaction.atomic
def password_set(*, user: User, password: str, by: User) -> User:
    """Set a person's own new password; other sessions of theirs end."""
    _require(is_same_person(by, user))
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    password_changed(password, user)
    return user


def _close_codes(user: User) -> None:
    ResetCode.objects.filter(user=user, used_at__isnull=True).update(used_at=timezone.now())


def _require(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied
