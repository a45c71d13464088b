from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from apps.accounts.models import User


class ValidationRuleQuerySet(models.QuerySet):
    """Rules about figures, scoped by reader."""

    def visible_to(self, user: User) -> Self:
        """Those for every figure, and those about facts that a plan the reader sees asks, or none does."""
        from apps.plans.models import AnnualPlan, IndicatorElement

        asking = IndicatorElement.objects.filter(element=OuterRef("element"))
        seen = asking.filter(indicator__plan__in=AnnualPlan.objects.visible_to(user))
        return self.filter(Q(element__isnull=True) | Exists(seen) | ~Exists(asking))
