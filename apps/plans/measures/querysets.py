from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from apps.accounts.enums import BUREAU_ROLES, Role
from apps.plans.enums import MeasureStatus

if TYPE_CHECKING:
    from apps.accounts.models import User

DONE = (MeasureStatus.COMPLETED, MeasureStatus.CLOSED, MeasureStatus.CANCELLED)


class MeasureQuerySet(models.QuerySet):
    """Measures, scoped by reader and by what they may do."""

    def visible_to(self, user: User) -> Self:
        """People of the bureau see the measures of every plan they may see; schools none."""
        from apps.plans.models import AnnualPlan

        if user.role not in BUREAU_ROLES:
            return self.none()
        return self.filter(area__plan__in=AnnualPlan.objects.visible_to(user).order_by().values("pk"))

    def reported_by(self, user: User) -> Self:
        """Those whose progress the user's own office reports."""
        if user.role != Role.OFFICE:
            return self.none()
        return self.filter(lead_office_id=user.organisation_id)

    def checked_by(self, user: User) -> Self:
        """Those the user may close once they are reported: never of the own office."""
        own = self.filter(area__plan__region_id=user.region_id)
        if user.role == Role.DEPUTY:
            return own.filter(lead_office__in=user.offices_led.all())
        if user.role == Role.OFFICE:
            policy = "area__plan__policy"
            reviewer = Q(**{f"{policy}__cross_review_office": user.organisation_id}) | Q(
                **{
                    f"{policy}__second_review_office": user.organisation_id,
                    "lead_office": F(f"{policy}__cross_review_office"),
                }
            )
            return own.filter(reviewer).exclude(lead_office=user.organisation_id)
        return self.none()

    def overdue_on(self, date: dt.date) -> Self:
        """Those whose due date is over and that are not reported as completed."""
        return self.filter(due_on__lt=date).exclude(status__in=DONE)


class MeasureEvidenceQuerySet(models.QuerySet):
    """Files of measures, scoped by reader."""

    def visible_to(self, user: User) -> Self:
        """For the lead office and whoever may close the measure: files may hold more than they should."""
        from apps.plans.models import Measure

        own = Measure.objects.reported_by(user).values("pk")
        checked = Measure.objects.checked_by(user).values("pk")
        return self.filter(Q(measure__in=own) | Q(measure__in=checked))

    def for_list(self) -> Self:
        """With what a list of files shows of each."""
        return self.select_related("uploaded_by", "erased_by")
