from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from apps.accounts.enums import Role

if TYPE_CHECKING:
    from apps.accounts.models import User


class OfficeReviewQuerySet(models.QuerySet):
    """Reviews, scoped by who may read and who may decide them."""

    def visible_to(self, user: User) -> Self:
        """School people see the reviews of their own returns; the bureau sees those of its region."""
        if user.is_school_member:
            return self.filter(submission__organisation_id=user.organisation_id)
        return self.filter(submission__organisation__region__ancestor_links__ancestor_id=user.region_id)

    def decidable_by(self, user: User) -> Self:
        """Those the user may accept or return; nobody decides about their own office's figures."""
        if user.role == Role.OFFICE:
            return self.filter(office_id=user.organisation_id).exclude(
                submission__organisation_id=user.organisation_id
            )
        if user.role == Role.DEPUTY:
            led = user.offices_led.all()
            return self.filter(
                Q(office__in=led, submission__organisation__kind="school")
                | Q(submission__organisation__in=led)
            )
        return self.none()
