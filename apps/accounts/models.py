from __future__ import annotations

from typing import Any

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from apps.accounts.enums import SCHOOL_ROLES, Role
from apps.accounts.querysets import UserQuerySet

# Django looks for the tables of an app here.
from apps.accounts.security.models import LoginLock as LoginLock
from apps.accounts.security.models import RecoveryCode as RecoveryCode
from apps.accounts.security.models import SecondFactor as SecondFactor
from apps.accounts.security.models import SecurityEvent as SecurityEvent
from apps.accounts.security.models import Session as Session
from apps.organisations.models import Organisation, Region


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)


@pghistory.track(exclude=["password", "last_login", "unread_notices"], model_name="UserHistory")
class User(AbstractBaseUser):
    """A person with one role. School people belong to a school, office staff to an office."""

    username = models.CharField(_("user name"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    email = models.EmailField(_("e-mail"), blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    region = models.ForeignKey(Region, models.PROTECT, related_name="users")
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("school or office"),
    )
    offices_led = models.ManyToManyField(
        Organisation, blank=True, related_name="deputies", verbose_name=_("offices led")
    )
    is_active = models.BooleanField(_("active"), default=True)  # type: ignore[misc]
    must_change_password = models.BooleanField(_("must change password"), default=False)
    is_demo = models.BooleanField(_("demonstration account"), default=False)
    # Recounted whenever a notice is given or read: every page shows it without asking for it.
    unread_notices = models.PositiveIntegerField(_("unread notices"), default=0, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["reporter", "principal", "office"], organisation__isnull=False)
                | Q(role__in=["deputy", "leader", "administrator", "auditor"], organisation__isnull=True),
                name="user_organisation_matches_role",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_school_member(self) -> bool:
        return self.role in SCHOOL_ROLES

    @property
    def is_staff(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session must agree with: a new password, role or place ends every session."""
        place = f"{self.password}|{self.role}|{self.organisation_id}|{self.region_id}"
        return salted_hmac("lusong.session_auth", place, secret=secret, algorithm="sha256").hexdigest()

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff


class ResetCode(models.Model):
    """A one-time code from an administrator, for people without e-mail. Only its hash is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="reset_codes")
    code_hash = models.CharField(max_length=128)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(used_at__isnull=True), name="reset_code_one_open_per_user"
            ),
        ]

    def __str__(self) -> str:
        return f"reset code of {self.user_id}"
