"""What the bureau has decided in the demonstration: tiers asked, baselines locked, targets confirmed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.utils import timezone

from apps.accounts.models import User
from apps.organisations.models import Region
from apps.plans.enums import Reporter, ScheduleKind, SliceKind, Tier
from apps.plans.models import AnnualPlan, Baseline, DataElement, Indicator, Target, TargetRevision
from apps.plans.schedules.services import schedule_set
from apps.plans.services import target_confirm, tiers_enable
from apps.plans.setting_up import indicators_mute


@cache
def definition() -> dict[str, Any]:
    path = Path(settings.BASE_DIR) / "fixtures" / "demo" / "baselines.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def decided_on() -> dt.date:
    return definition()["decided_on"]


def decisions_make(*, plan: AnnualPlan, by: User) -> None:
    """Switch tiers and indicators on, lock last year's figures, confirm implied targets, set schedules."""
    tiers_enable(plan=plan, tiers=definition()["tiers"], by=by)
    indicators_mute(plan=plan, codes=not_asked_of_schools(plan), by=by)
    baselines_lock(plan=plan, by=by)
    waiting = TargetRevision.objects.filter(
        target__indicator__plan=plan,
        target__indicator__code__in=definition()["confirmed"],
        confirmed_on__isnull=True,
    )
    for revision in waiting.order_by("pk"):
        target_confirm(revision=revision, by=by, reason=definition()["confirm_reason"])
    schedules_set(plan=plan, by=by)
    DataElement.objects.filter(code__in=definition()["estimates"]).update(is_estimate=True)


def not_asked_of_schools(plan: AnnualPlan) -> list[str]:
    """Return the indicators of the standard tier that would make the forms of schools too long."""
    standard = plan.indicators.filter(tier=Tier.STANDARD, reporter=Reporter.SCHOOL)
    also_asked = definition()["schools_also_asked"]
    return list(standard.exclude(code__in=also_asked).values_list("code", flat=True))


def schedules_set(*, plan: AnnualPlan, by: User) -> None:
    """Set the checkpoints of single targets, from the year's start on."""
    rows = {row["indicator"]: row for row in definition()["schedules"]}
    targets = Target.objects.filter(indicator__plan=plan, indicator__code__in=rows).order_by("pk")
    for target in targets.select_related("indicator"):
        row = rows[target.indicator.code]
        schedule_set(
            target=target,
            by=by,
            kind=ScheduleKind.CHECKPOINTS,
            checkpoints=[Decimal(number) for number in row["checkpoints"]],
            reason=row["reason"],
            effective_from=dt.date(plan.year, 1, 1),
        )


def baselines_lock(*, plan: AnnualPlan, by: User) -> None:
    indicators = {indicator.code: indicator for indicator in plan.indicators.all()}
    rows = [row for row in definition()["baselines"] if row["indicator"] in indicators]
    Baseline.objects.bulk_create(
        _baseline(row, indicators[row["indicator"]], plan.region, by) for row in rows
    )


def _baseline(row: dict[str, Any], indicator: Indicator, region: Region, by: User) -> Baseline:
    text = definition()
    return Baseline(
        indicator=indicator,
        region=region,
        slice_kind=SliceKind.STAGE if "stage" in row else SliceKind.ALL,
        slice_value=row.get("stage", ""),
        numerator=str(row["numerator"]),
        denominator=row.get("denominator"),
        as_of=text["as_of"],
        definition=row.get("definition", text["definition"]),
        is_demo=True,
        locked_at=timezone.make_aware(dt.datetime.combine(decided_on(), dt.time(9))),
        locked_by=by,
    )
