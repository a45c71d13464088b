"""What makes results stale: accepted or withdrawn facts, changed targets, definitions and schools.

Receivers run inside the sender's transaction, so the news is written with what it is about or not at all.
Bulk writes send no signals: whoever makes them (loading a plan, a demonstration) rebuilds afterwards, and so
does every night.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from apps.collection.models import Submission
from apps.collection.signals import assignments_changed, facts_withdrawn
from apps.core import clock
from apps.organisations.models import Organisation, SchoolProfile, SchoolStage
from apps.plans.models import (
    AnnualPlan,
    Baseline,
    Indicator,
    IndicatorElement,
    IndicatorRevision,
    PlanPolicy,
    TargetRevision,
    TargetSchedule,
)
from apps.reviews.signals import values_accepted
from apps.rollups.outbox import mark_plan_stale, mark_stale


@receiver([values_accepted, facts_withdrawn], dispatch_uid="rollups.facts")
def facts_changed(submission: Submission, element_ids: list[int], **_: Any) -> None:
    """Mark the indicators of these facts, from the submission's period on."""
    period = submission.period
    links = IndicatorElement.objects.filter(element__in=element_ids, indicator__plan=period.plan_id)
    mark_stale(
        indicator_ids=links.values_list("indicator_id", flat=True),
        period=period,
        region_id=submission.organisation.region_id,
        facts_only=True,
    )


@receiver(assignments_changed, dispatch_uid="rollups.assignments")
def duties_changed(plan: AnnualPlan, **_: Any) -> None:
    """What is due has changed, and with it every coverage."""
    mark_plan_stale(plan=plan)


@receiver(post_save, sender=TargetRevision, dispatch_uid="rollups.target")
@receiver(post_save, sender=TargetSchedule, dispatch_uid="rollups.schedule")
def target_changed(instance: TargetRevision | TargetSchedule, raw: bool = False, **_: Any) -> None:
    """A target may hold from the year's start, and a school-level line is part of the counting itself."""
    if not raw:
        indicator = instance.target.indicator
        mark_plan_stale(plan=indicator.plan, indicator_ids=[indicator.pk])


@receiver(post_save, sender=Baseline, dispatch_uid="rollups.baseline")
def baseline_changed(instance: Baseline, raw: bool = False, **_: Any) -> None:
    if not raw:
        mark_plan_stale(plan=instance.indicator.plan, indicator_ids=[instance.indicator_id])


@receiver(post_save, sender=Indicator, dispatch_uid="rollups.indicator")
def definition_changed(instance: Indicator, created: bool, raw: bool = False, **_: Any) -> None:
    if not raw and not created:
        mark_plan_stale(plan=instance.plan, indicator_ids=[instance.pk])


@receiver(post_save, sender=IndicatorRevision, dispatch_uid="rollups.definition")
def definition_revised(instance: IndicatorRevision, raw: bool = False, **_: Any) -> None:
    """A confirmed revision changes its quarter and the later ones, no earlier one."""
    if not raw and instance.confirmed_at is not None:
        indicator = instance.indicator
        mark_plan_stale(
            plan=indicator.plan, indicator_ids=[indicator.pk], since_quarter=instance.from_quarter
        )


@receiver(post_save, sender=PlanPolicy, dispatch_uid="rollups.policy")
def policy_changed(instance: PlanPolicy, raw: bool = False, **_: Any) -> None:
    if not raw:
        mark_plan_stale(plan=instance.plan)


@receiver(post_save, sender=SchoolProfile, dispatch_uid="rollups.profile")
@receiver(post_save, sender=SchoolStage, dispatch_uid="rollups.stage")
def attribute_changed(instance: SchoolProfile | SchoolStage, raw: bool = False, **_: Any) -> None:
    """An attribute moves results from its first day on, or from the day it ended."""
    if not raw:
        _school_changed(instance.organisation, since=instance.valid_to or instance.valid_from)


@receiver(post_save, sender=Organisation, dispatch_uid="rollups.organisation")
def organisation_changed(instance: Organisation, created: bool, raw: bool = False, **_: Any) -> None:
    if not raw and not created:
        _school_changed(instance, since=instance.closed_on or instance.opened_on)


def _school_changed(organisation: Organisation, *, since: dt.date) -> None:
    """Plans of years gone by are not touched: a closed year is not rewritten."""
    if not organisation.is_school:
        return
    plans = AnnualPlan.objects.filter(
        region__descendant_links__descendant=organisation.region_id, year__gte=clock.today().year
    )
    for plan in plans:
        quarter = (since.month + 2) // 3 if since.year == plan.year else 1
        mark_plan_stale(plan=plan, since_quarter=quarter)
