"""The settings of the chase: its steps, quiet hours, holidays, robots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.chasing.enums import RobotKind
from apps.collection.chasing.permissions import sets_chasing
from apps.collection.chasing.webhook import check_address
from apps.collection.models import CalendarDay, ChasePolicy, Robot
from apps.organisations.models import Region
from apps.plans.models import AnnualPlan

MOST_DAYS = 60


def policy_of(plan: AnnualPlan) -> ChasePolicy:
    """Return the plan's policy, an unsaved one with the defaults while nobody has set it (1 query)."""
    return ChasePolicy.objects.filter(plan=plan).first() or ChasePolicy(plan=plan)


def exceptions_of(region_id: int) -> dict[dt.date, bool]:
    """Return the holidays and worked weekend days of a region (1 query)."""
    return dict(CalendarDay.objects.filter(region=region_id).values_list("on", "is_working"))


@transaction.atomic
def policy_set(*, plan: AnnualPlan, by: User, **values: Any) -> ChasePolicy:
    """Set when reminders go out.

    Raises:
        PermissionDenied: unless `by` administers the plan's region.
        ValidationError: distances of more than 60 days, or an unknown field.
    """
    _require(by, plan.region_id)
    policy, _created = ChasePolicy.objects.select_for_update().get_or_create(plan=plan)
    for name, value in values.items():
        setattr(policy, name, value)
    for name in ("days_before", "days_after"):
        days = sorted(set(getattr(policy, name)))
        if any(not 0 <= day <= MOST_DAYS for day in days):
            raise ValidationError({name: _("Give distances of 0 to 60 days.")})
        setattr(policy, name, days)
    policy.full_clean()
    policy.save()
    return policy


@transaction.atomic
def calendar_set(*, region: Region, days: Iterable[CalendarDay], by: User) -> int:
    """Replace a region's holidays and worked weekend days; return how many there are."""
    _require(by, region.pk)
    rows: Mapping[dt.date, CalendarDay] = {day.on: day for day in days}
    CalendarDay.objects.filter(region=region).delete()
    for row in rows.values():
        row.region = region
    return len(CalendarDay.objects.bulk_create(rows.values()))


@transaction.atomic
def robot_add(*, region: Region, name: str, kind: str, url: str, secret: str, by: User) -> Robot:
    """Add a group's robot.

    Raises:
        PermissionDenied: unless `by` administers the region.
        ValidationError: no name, or an address that is not https or whose host is not allowed.
    """
    _require(by, region.pk)
    if not name.strip():
        raise ValidationError({"name": _("Give the group's name.")})
    if kind not in RobotKind.values:
        raise ValidationError({"kind": _("Choose whose robot it is.")})
    check_address(url.strip())
    return Robot.objects.create(
        region=region,
        name=name.strip()[:60],
        kind=kind,
        url=url.strip(),
        secret=secret.strip(),
        created_by=by,
    )


@transaction.atomic
def robot_switch(*, robot: Robot, is_active: bool, by: User) -> Robot:
    """Switch a robot on or off; what was sent by it stays on record."""
    _require(by, robot.region_id)
    robot.is_active = is_active
    robot.save(update_fields=["is_active"])
    return robot


def _require(by: User, region_id: int) -> None:
    if not sets_chasing(by) or by.region_id != region_id:
        raise PermissionDenied
