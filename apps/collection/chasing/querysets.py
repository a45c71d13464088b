from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from apps.accounts.models import User


class NoticeQuerySet(models.QuerySet):
    """Notices belong to one person each."""

    def visible_to(self, user: User) -> Self:
        return self.filter(user=user)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class OrderQuerySet(models.QuerySet):
    """Supervision orders, for the organisation they are about and for the bureau of its region."""

    def visible_to(self, user: User) -> Self:
        if user.is_school_member:
            return self.filter(organisation_id=user.organisation_id)
        return self.filter(organisation__region__ancestor_links__ancestor_id=user.region_id)
