from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from apps.accounts.enums import Role
from apps.plans.enums import Privacy, SliceKind

if TYPE_CHECKING:
    from apps.accounts.models import User


class PlanQuerySet(models.QuerySet):
    """Annual plans."""

    def visible_to(self, user: User) -> Self:
        """Plans of the user's region and of those above and below it."""
        return self.filter(
            Q(region__ancestor_links__ancestor_id=user.region_id)
            | Q(region__descendant_links__descendant_id=user.region_id)
        ).distinct()


class IndicatorQuerySet(models.QuerySet):
    """Indicators, scoped by reader."""

    def asked(self) -> Self:
        """Indicators whose tier the bureau has switched on for their plan, but for those it has muted."""
        asked = self.filter(plan__policy__enabled_tiers__contains=[F("tier")])
        return asked.filter(~Q(plan__policy__muted_codes__contains=[F("code")]))

    def visible_to(self, user: User) -> Self:
        """Restricted indicators are for the owning office, its deputy director and the bureau's leaders."""
        if user.role == Role.LEADER:
            return self
        open_ones = ~Q(privacy=Privacy.RESTRICTED)
        if user.role == Role.OFFICE:
            return self.filter(open_ones | Q(lead_office_id=user.organisation_id))
        if user.role == Role.DEPUTY:
            return self.filter(open_ones | Q(lead_office__in=user.offices_led.all()))
        return self.filter(open_ones)


class BaselineQuerySet(models.QuerySet):
    """Baselines, scoped by reader."""

    def visible_to(self, user: User) -> Self:
        """Those of visible indicators; small ones and parts of small ones as `Privacy` says.

        A figure of the year before is small as this year's is: for leaders, the owning office and its deputy
        director. Of an indicator with small numbers, nobody sees the figure of a part.
        """
        own = Q(pk__in=[])
        if user.role == Role.LEADER:
            own = ~Q(pk__in=[])
        elif user.role == Role.OFFICE:
            own = Q(indicator__lead_office_id=user.organisation_id)
        elif user.role == Role.DEPUTY:
            own = Q(indicator__lead_office__in=user.offices_led.all())
        smallest = F("indicator__plan__policy__small_cell_threshold")
        is_large = Q(numerator__gte=smallest) & (
            Q(denominator__isnull=True)
            | (Q(denominator__gte=smallest) & Q(denominator__gte=F("numerator") + smallest))
        )
        open_ones = Q(indicator__privacy=Privacy.AGGREGATE)
        small_cells = Q(indicator__privacy=Privacy.SMALL_CELL, slice_kind=SliceKind.ALL)
        return self.filter(
            open_ones | (small_cells & (own | is_large)) | (Q(indicator__privacy=Privacy.RESTRICTED) & own)
        )


class TargetRevisionQuerySet(models.QuerySet):
    """Target revisions by date and confirmation."""

    def in_force_on(self, date: dt.date) -> Self:
        """Confirmed revisions effective on `date`, the latest of each target first."""
        return self.filter(confirmed_on__isnull=False, effective_from__lte=date).order_by("target", "-number")
