from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from apps.accounts.models import User


class SealedFormQuerySet(models.QuerySet):
    """Forms as they were handed in, visible to whoever may see their return."""

    def visible_to(self, user: User) -> Self:
        from apps.collection.models import Submission

        return self.filter(submission__in=Submission.objects.visible_to(user).values("pk"))
