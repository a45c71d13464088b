"""What a school is and what is counted decide what is asked: inside the transaction that changes it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.collection.duties import organisations_unasked
from apps.collection.services import assignments_generate
from apps.core import clock
from apps.organisations.models import Region
from apps.organisations.signals import schools_changed
from apps.plans.models import AnnualPlan, IndicatorRevision


@receiver(schools_changed, dispatch_uid="collection.schools")
def ask_anew(region: Region, by: User, **_: Any) -> None:
    """Bring the assignments of this year's plans in line; plans of years gone by are not rewritten."""
    plans = AnnualPlan.objects.filter(
        region__descendant_links__descendant=region, year__gte=clock.today().year
    )
    for plan in plans:
        assignments_generate(plan=plan, by=by)


@receiver(post_save, sender=IndicatorRevision, dispatch_uid="collection.definition")
def ask_by_definition(instance: IndicatorRevision, raw: bool = False, **_: Any) -> None:
    """Ask the facts of a confirmed definition.

    Raises:
        ValidationError: when a return of one of its quarters is in already, so that it is not asked for more:
            the figure would silently be that of the others alone.
    """
    if raw or instance.confirmed_at is None:
        return
    assignments_generate(plan=instance.indicator.plan)
    unasked = organisations_unasked(
        plan_id=instance.indicator.plan_id,
        indicator_id=instance.indicator_id,
        since_quarter=instance.from_quarter,
    )
    if unasked:
        sentence = gettext(
            "%(number)s returns of these quarters are in already and cannot be asked for the new facts; let "
            "it count from a later quarter."
        )
        raise ValidationError({"from_quarter": sentence % {"number": unasked}})
