from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from apps.organisations.enums import OrganisationKind

if TYPE_CHECKING:
    from apps.accounts.models import User


class OrganisationQuerySet(models.QuerySet):
    """Organisations, scoped by reader, kind and date."""

    def schools(self) -> Self:
        return self.filter(kind=OrganisationKind.SCHOOL)

    def offices(self) -> Self:
        return self.filter(kind=OrganisationKind.OFFICE)

    def open_on(self, date: dt.date) -> Self:
        """Those alive on `date`: opened on or before it, not closed by its end."""
        return self.filter(opened_on__lte=date).filter(Q(closed_on__isnull=True) | Q(closed_on__gt=date))

    def in_region_of(self, user: User) -> Self:
        """Those in the user's region or below it."""
        return self.filter(region__ancestor_links__ancestor_id=user.region_id)

    def visible_to(self, user: User) -> Self:
        """School people see their own school; people of the bureau see everything in their region."""
        scoped = self.in_region_of(user)
        return scoped.filter(pk=user.organisation_id) if user.is_school_member else scoped
