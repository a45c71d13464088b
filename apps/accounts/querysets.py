from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat, Lower
from django.utils import timezone

from apps.accounts.enums import Role

if TYPE_CHECKING:
    from apps.accounts.models import User


class UserQuerySet(models.QuerySet):
    """People, scoped by reader."""

    def visible_to(self, user: User) -> Self:
        """Administrators see the accounts of their region and below it; everybody else only their own."""
        if user.role == Role.ADMINISTRATOR:
            return self.filter(region__ancestor_links__ancestor_id=user.region_id)
        return self.filter(pk=user.pk)

    def matching(self, text: str) -> Self:
        """Those whose name, user name or organisation contains `text`."""
        text = text.strip()
        if not text:
            return self
        return self.filter(
            Q(name__icontains=text) | Q(username__icontains=text) | Q(organisation__name__icontains=text)
        )

    def with_open_code(self) -> Self:
        """Annotate `has_open_code`: a reset code was issued and still works."""
        from apps.accounts.models import ResetCode

        codes = ResetCode.objects.filter(
            user=OuterRef("pk"), used_at__isnull=True, expires_at__gt=timezone.now()
        )
        return self.annotate(has_open_code=Exists(codes))

    def with_login_state(self) -> Self:
        """Annotate `lock_id` (the account's login is locked now) and `has_second_step`."""
        from apps.accounts.models import LoginLock, SecondFactor

        key = Concat(Value("login:"), Lower(OuterRef("username")))
        locks = LoginLock.objects.locked().filter(kind="account", key=key)
        factors = SecondFactor.objects.filter(user=OuterRef("pk"), confirmed_at__isnull=False)
        return self.annotate(lock_id=Subquery(locks.values("pk")[:1]), has_second_step=Exists(factors))
