"""Locking out whoever fails to log in too often, by account and by address.

A try is counted before the password is looked at, in a row that is locked meanwhile: many tries at the same
moment do not get more than the limit. Names that no account has are counted like those of accounts, so that
nobody learns which exist.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import manages_accounts
from apps.accounts.security.enums import EventKind, LockKind
from apps.accounts.security.events import note
from apps.accounts.security.models import LoginLock
from apps.core.requests import origin


@dataclass(frozen=True)
class Attempt:
    """A counted try: its rows by kind, and the account of that name, if there is one."""

    user: User | None
    rows: Mapping[LockKind, LoginLock]

    @property
    def left(self) -> int:
        """Return how many more tries the account has before it is locked."""
        return int(settings.LOGIN_FAILURES[LockKind.ACCOUNT]) - self.rows[LockKind.ACCOUNT].failures


def attempt_begin(username: str, *, purpose: str = "login") -> Attempt:
    """Count a try.

    Raises ValidationError, in words, while account or address is locked. `purpose` keeps the counts of
    different pages apart.
    """
    user = User.objects.filter(username__iexact=username.strip()).first()
    keys = {LockKind.ACCOUNT: _account_key(user, username, purpose)}
    if address := origin().address:
        keys[LockKind.ADDRESS] = address
    with transaction.atomic():
        rows = {kind: _row(kind, key) for kind, key in keys.items()}
        if waiting := [row.locked_until for row in rows.values() if row.locked_until]:
            raise ValidationError(_refusal(max(waiting)), code="locked")
        for row in rows.values():
            row.failures += 1
            row.save()
    return Attempt(user, rows)


def attempt_failed(attempt: Attempt) -> None:
    """Lock what has used up its tries, and write the log."""
    note(EventKind.FAILED, about=attempt.user)
    attempt_used_up(attempt)


def attempt_used_up(attempt: Attempt) -> None:
    """Lock what has used up its tries."""
    until = timezone.now() + timedelta(minutes=settings.LOGIN_LOCK_MINUTES)
    for kind, row in attempt.rows.items():
        limit = settings.LOGIN_FAILURES[kind]
        if LoginLock.objects.filter(pk=row.pk, failures__gte=limit, locked_until=None).update(
            locked_until=until
        ):
            about = attempt.user if kind == LockKind.ACCOUNT else None
            note(EventKind.LOCKED, about=about)


def attempt_succeeded(attempt: Attempt) -> None:
    """Forget the account's failures; those of the address stay, without this try."""
    LoginLock.objects.filter(pk=attempt.rows[LockKind.ACCOUNT].pk).update(failures=0, locked_until=None)
    if address := attempt.rows.get(LockKind.ADDRESS):
        with transaction.atomic():
            row = LoginLock.objects.select_for_update().filter(pk=address.pk).first()
            if row and row.failures:
                row.failures -= 1
                row.save(update_fields=["failures"])


@transaction.atomic
def lock_remove(*, lock: LoginLock, by: User) -> None:
    """Let an account or address try again at once."""
    if not manages_accounts(by):
        raise PermissionDenied
    is_account = lock.kind == LockKind.ACCOUNT
    about = User.objects.filter(username__iexact=lock.name).first() if is_account else None
    LoginLock.objects.filter(pk=lock.pk).update(failures=0, locked_until=None)
    note(EventKind.UNLOCKED, by=by, about=about, detail="" if is_account else lock.key)


def locks_visible_to(reader: User) -> list[LoginLock]:
    """Return what is locked now: accounts of the reader's region, names that no account has, addresses.

    Each has `person`, the account it is about or None.
    """
    found = list(LoginLock.objects.locked().order_by("-locked_until"))
    names = {lock.name for lock in found if lock.kind == LockKind.ACCOUNT}
    rows = User.objects.annotate(lower=Lower("username")).filter(lower__in=names)
    in_region = Q(region__ancestor_links__ancestor_id=reader.region_id)
    ours = {person.username.lower(): person for person in rows.filter(in_region)}
    known = set(rows.values_list("lower", flat=True)) if len(ours) < len(names) else set(ours)
    for lock in found:
        lock.person = ours.get(lock.name)
    return [lock for lock in found if lock.person or lock.name not in known]


def advice(attempt: Attempt) -> str:
    """Return what to say after a failure besides that it failed; nothing while many tries are left."""
    if attempt.left <= 0:
        return _refusal(timezone.now() + timedelta(minutes=settings.LOGIN_LOCK_MINUTES))
    if attempt.left <= 2:
        return _("%(left)d more failures lock the account for %(minutes)d minutes.") % {
            "left": attempt.left,
            "minutes": settings.LOGIN_LOCK_MINUTES,
        }
    return ""


def _account_key(user: User | None, typed: str, purpose: str) -> str:
    """Return the account's name; of a name that nobody has its hash, because people type passwords there."""
    if user is not None:
        return f"{purpose}:{user.username.lower()}"
    hashed = salted_hmac("lusong.unknown", typed.strip().lower(), algorithm="sha256").hexdigest()
    return f"{purpose}:?{hashed[:24]}"


def _row(kind: LockKind, key: str) -> LoginLock:
    """Return the locked row of a key, whose old failures are forgotten."""
    now = timezone.now()
    made = LoginLock(kind=kind, key=key, since=now)
    LoginLock.objects.bulk_create(
        [made], update_conflicts=True, unique_fields=["kind", "key"], update_fields=["key"]
    )  # makes it or locks it, in one statement
    row = LoginLock.objects.get(kind=kind, key=key)
    window = timedelta(minutes=settings.LOGIN_LOCK_MINUTES)
    is_over = row.locked_until is not None and row.locked_until <= now
    if is_over or (row.locked_until is None and row.since < now - window):
        row.failures, row.since, row.locked_until = 0, now, None
    if row.locked_until is None and row.failures >= settings.LOGIN_FAILURES[kind]:
        row.locked_until = now + timedelta(minutes=1)  # others are trying at this moment
    return row


def _refusal(until: Any) -> str:
    minutes = max(math.ceil((until - timezone.now()).total_seconds() / 60), 1)
    return _(
        "Too many failures: try again in %(minutes)d minutes,"
        " or ask the bureau's administrator to remove the lock."
    ) % {"minutes": minutes}
