"""Tables of logging in: what happened, who is locked out, where somebody is logged in, the second step."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.security.enums import EventKind, LockKind
from apps.accounts.security.querysets import LoginLockQuerySet, SecurityEventQuerySet


class SecurityEvent(models.Model):
    """A row of the security log. The database refuses to change or remove it.

    `user` is who did it (None: nobody is known), `about` whose account it is about where that is somebody
    else. What a stranger typed as a user name is not kept: people type passwords there.
    """

    at = models.DateTimeField(_("time"), auto_now_add=True)
    kind = models.CharField(_("kind"), max_length=20, choices=EventKind)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    about = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    address = models.GenericIPAddressField(_("network address"), null=True)
    request = models.CharField(_("request"), max_length=64, blank=True)
    path = models.CharField(_("page"), max_length=200, blank=True)
    detail = models.CharField(_("detail"), max_length=200, blank=True)

    objects = SecurityEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("security event")
        verbose_name_plural = _("security events")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at", "-id"], name="security_event_newest")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"


class LoginLock(models.Model):
    """Failures in a row by account or by address; nobody gets in by it before `locked_until`."""

    kind = models.CharField(max_length=10, choices=LockKind)
    key = models.CharField(max_length=80)
    failures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)

    objects = LoginLockQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="login_lock_one_per_key")]
        indexes = [
            models.Index(
                fields=["locked_until"], condition=Q(locked_until__isnull=False), name="login_lock_until"
            )
        ]

    # The account it is about, where a list has looked it up.
    person: Any = None

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def name(self) -> str:
        """Return the account's name in lower case, or the address."""
        return self.key.rpartition(":")[2] if self.kind == LockKind.ACCOUNT else self.key


class Session(AbstractBaseSession):
    """A browser that is logged in: whose, from where, since when, and when it was last used."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sessions")
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-seen_at"]

    @classmethod
    def get_session_store_class(cls) -> Any:
        from apps.accounts.security.sessions import SessionStore

        return SessionStore


class SecondFactor(models.Model):
    """A person's authenticator (RFC 6238). It counts once `confirmed_at` is set.

    `last_step` is the newest 30-second step whose code was used: no code works twice. `sealed` is the secret,
    encrypted (see sealing); `secret` is what an earlier version wrote and `seal_second_steps` empties.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="second_factor")
    secret = models.BinaryField(max_length=20, null=True)
    sealed = models.TextField(default="", db_default="")
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(secret__isnull=False) | ~Q(sealed=""), name="second_factor_has_a_secret"
            )
        ]

    def __str__(self) -> str:
        return f"second factor of {self.user_id}"


class RecoveryCode(models.Model):
    """A code on paper for who lost the authenticator; works once, only its hash is kept."""

    factor = models.ForeignKey(SecondFactor, models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["factor", "code_hash"], name="recovery_code_once_per_factor")
        ]

    def __str__(self) -> str:
        return f"recovery code of {self.factor_id}"
