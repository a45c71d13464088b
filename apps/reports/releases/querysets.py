from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Max, OuterRef, Subquery

from apps.accounts.enums import BUREAU_ROLES

if TYPE_CHECKING:
    from apps.accounts.models import User


class ReleaseQuerySet(models.QuerySet):
    """Releases; their content is large and read only where it is needed."""

    def light(self) -> Self:
        """Releases without their content."""
        return self.defer("content")

    def visible_to(self, user: User) -> Self:
        """People of the bureau see those of every plan they may see; schools ask for their own report."""
        from apps.plans.models import AnnualPlan

        if user.role not in BUREAU_ROLES:
            return self.none()
        return self.filter(plan__in=AnnualPlan.objects.visible_to(user).order_by().values("pk"))

    def latest_versions(self) -> Self:
        """The last version of each quarter."""
        rows = self.model._default_manager.all()
        newest = rows.filter(plan=OuterRef("plan"), quarter=OuterRef("quarter")).order_by()
        highest = newest.values("plan", "quarter").annotate(highest=Max("version")).values("highest")
        return self.filter(version=Subquery(highest))
