"""Setting by when how much of a target is expected. `by` is whoever does it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock
from apps.plans.enums import ScheduleKind
from apps.plans.models import Indicator, Target, TargetSchedule
from apps.plans.permissions import decides_targets
from apps.plans.schedules.rules import builds_up, schedule_mistakes


@transaction.atomic
def schedule_set(
    *,
    target: Target,
    by: User,
    kind: str,
    reason: str,
    effective_from: dt.date,
    checkpoints: Sequence[Decimal | None] = (),
) -> TargetSchedule:
    """Set the schedule of a target from a day on; the quarters closed before keep theirs.

    Args:
        checkpoints: four running totals, in the unit the target is told in (steps where there are steps).

    Raises:
        PermissionDenied: unless `by` is an administrator or leader of the plan's region.
        ValidationError: for a figure that follows no schedule, without a reason, for numbers that make no
            sense, or when the date reaches back before the current quarter or the schedule in force.
    """
    locked = Target.objects.select_for_update(of=("self",)).select_related("indicator__plan")
    target = locked.get(pk=target.pk)
    if not decides_targets(by, target.indicator.plan):
        raise PermissionDenied
    if not follows_schedule(target.indicator):
        raise ValidationError(
            _("A stock or a rate is not built up over the year, so no quarter can ask for a part of it.")
        )
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the schedule is set.")})
    if mistakes := list(schedule_mistakes(kind, checkpoints)):
        raise ValidationError({"checkpoints": mistakes})
    latest = target.schedules.order_by("-number").first()
    _require_start(latest, effective_from)
    schedule = TargetSchedule(
        target=target,
        number=latest.number + 1 if latest else 1,
        kind=kind,
        checkpoints=list(checkpoints) if kind == ScheduleKind.CHECKPOINTS else [],
        effective_from=effective_from,
        reason=reason.strip(),
        set_by=by,
    )
    schedule.full_clean(validate_unique=False)
    schedule.save()
    return schedule


def follows_schedule(indicator: Indicator) -> bool:
    """Tell whether an indicator is built up over the year."""
    return builds_up(
        kind=indicator.kind,
        aggregation=indicator.aggregation,
        accumulation=indicator.accumulation,
        has_denominator=bool(indicator.denominator),
    )


def _require_start(latest: TargetSchedule | None, starts: dt.date) -> None:
    """A schedule counts from the current quarter on: what a closed quarter was asked is not rewritten."""
    today = clock.today()
    earliest = dt.date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    if latest is not None:
        earliest = max(earliest, latest.effective_from)
    if starts < earliest:
        sentence = _("It can count from %(date)s on.") % {"date": earliest.isoformat()}
        raise ValidationError({"effective_from": sentence})
