from __future__ import annotations

from typing import Any, Self

from django.db import models

from apps.core.jobs.enums import UNFINISHED


class JobQuerySet(models.QuerySet):
    """Jobs belong to one person each."""

    def visible_to(self, user: Any) -> Self:
        return self.filter(owner=user)

    def unfinished(self) -> Self:
        return self.filter(state__in=UNFINISHED)
