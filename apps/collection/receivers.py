"""What a school is decides what it is asked: inside the transaction that changes it."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from apps.accounts.models import User
from apps.collection.services import assignments_generate
from apps.core import clock
from apps.organisations.models import Region
from apps.organisations.signals import schools_changed
from apps.plans.models import AnnualPlan


@receiver(schools_changed, dispatch_uid="collection.schools")
def ask_anew(region: Region, by: User, **_: Any) -> None:
    """Bring the assignments of this year's plans in line; plans of years gone by are not rewritten."""
    plans = AnnualPlan.objects.filter(
        region__descendant_links__descendant=region, year__gte=clock.today().year
    )
    for plan in plans:
        assignments_generate(plan=plan, by=by)
