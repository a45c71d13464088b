"""Every write to accounts. `by` is whoever does it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import password_changed, validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import codes
from apps.accounts.enums import SCHOOL_ROLES, Role
from apps.accounts.models import ResetCode, User
from apps.accounts.permissions import deactivates, is_same_person, manages_accounts
from apps.accounts.security.enums import EventKind
from apps.accounts.security.events import note
from apps.accounts.security.models import Session
from apps.organisations.enums import OrganisationKind
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
    email: str = "",
) -> User:
    """Create an account without a password; its owner sets one with a reset code."""
    _require(manages_accounts(by))
    user = User.objects.create_user(
        username, None, name=name, role=role, region=region, organisation=organisation, email=email
    )
    user.offices_led.set(offices_led)
    return user


@transaction.atomic
def user_update(
    *,
    user: User,
    by: User,
    name: str,
    role: str,
    organisation: Organisation | None = None,
    offices_led: Iterable[Organisation] = (),
    email: str | None = None,
) -> User:
    """Change an account's name, role and place; its user name stays. A new role or place ends its logins.

    Args:
        email: where a link for a new password goes; None: as it is.

    Raises:
        PermissionDenied: unless `by` manages accounts; nobody changes their own role.
        ValidationError: role and place do not fit each other.
    """
    current = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    _require(manages_accounts(by) and (role == current.role or not is_same_person(by, current)))
    role_place_check(role=role, organisation=organisation, offices_led=list(offices_led))
    has_moved = (role, organisation) != (current.role, current.organisation)
    current.name, current.role, current.organisation = name.strip(), role, organisation
    current.email = current.email if email is None else email
    current.save(update_fields=["name", "role", "organisation", "email"])
    current.offices_led.set(offices_led)
    if has_moved:
        Session.objects.filter(user=current).delete()
    return current


def role_place_check(
    *, role: str, organisation: Organisation | None, offices_led: Collection[Organisation]
) -> None:
    """Raise ValidationError unless the role fits the school or office, and only a deputy leads offices."""
    kind = OrganisationKind.SCHOOL if role in SCHOOL_ROLES else OrganisationKind.OFFICE
    if role not in SCHOOL_ROLES | {Role.OFFICE}:
        if organisation is not None:
            raise ValidationError({"organisation": _("This role belongs to no school or office.")})
    elif organisation is None or organisation.kind != kind:
        school = kind == OrganisationKind.SCHOOL
        raise ValidationError({"organisation": _("Choose a school.") if school else _("Choose an office.")})
    if offices_led and role != Role.DEPUTY:
        raise ValidationError({"offices_led": _("Only a deputy director leads offices.")})


@transaction.atomic
def user_set_active(*, user: User, active: bool, by: User) -> User:
    """Switch an account on or off; off ends its logins and its reset code for good."""
    _require(deactivates(by, user))
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        codes_close(user)
        Session.objects.filter(user=user).delete()
    return user


@transaction.atomic
def reset_code_issue(*, user: User, by: User) -> str:
    """Issue a one-time code that lets `user` set a new password, and return it: it cannot be read again."""
    _require(manages_accounts(by) and user.is_active)
    User.objects.select_for_update().get(pk=user.pk)
    codes_close(user)
    code = codes.new_code()
    ResetCode.objects.create(
        user=user, code_hash=make_password(code), issued_by=by, expires_at=timezone.now() + CODE_LIFETIME
    )
    note(EventKind.CODE, by=by, about=user)
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
    note(EventKind.PASSWORD, by=by)
    return user


def codes_close(user: User) -> None:
    """Make the person's open one-time code void."""
    ResetCode.objects.filter(user=user, used_at__isnull=True).update(used_at=timezone.now())


def _require(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied
