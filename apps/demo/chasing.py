"""The chase of the demonstration: the year's holidays, reminders on their days, one extension."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.utils import timezone, translation

from apps.accounts.models import User
from apps.collection.chasing.enums import NoticeKind
from apps.collection.chasing.extending import extension_grant
from apps.collection.chasing.measure_reminding import measures_run
from apps.collection.chasing.missing import missing_of
from apps.collection.chasing.notices import Told, notices_give
from apps.collection.chasing.policies import calendar_set, exceptions_of, policy_of
from apps.collection.chasing.reminding import plan_remind
from apps.collection.chasing.workdays import workday_from
from apps.collection.enums import DataState
from apps.collection.models import CalendarDay, Period
from apps.core import clock
from apps.plans.models import AnnualPlan, Measure
from apps.reviews.enums import ReviewStatus
from apps.reviews.models import OfficeReview

MORNING = dt.time(9, 30)
DAY = dt.timedelta(days=1)
LATER = dt.timedelta(days=5)
REMINDED_FROM, REMINDED_TO = -5, 8


@cache
def definition() -> list[dict[str, Any]]:
    path = Path(settings.BASE_DIR) / "fixtures" / "demo" / "calendar.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def holidays() -> Iterator[CalendarDay]:
    """Yield the exceptions to the week."""
    for row in definition():
        for number in range((row["to"] - row["from"]).days + 1):
            yield CalendarDay(
                on=row["from"] + number * DAY, is_working=row.get("worked", False), name=row["name"]
            )


def chase_play(*, plan: AnnualPlan, by: User, today: dt.date) -> None:
    """Remind whoever is still missing on the days around each due date until today; extend one of them.

    The returns stand as they are today: who has handed in late was not reminded in this story.
    """
    calendar_set(region=plan.region, days=holidays(), by=by)
    begun = plan.periods.select_related("plan").filter(opens_on__lte=today).order_by("quarter")
    with translation.override(settings.LANGUAGE_CODE):
        for period in begun:
            _tell_returned(period)
            _extend_one(period, by, today)
            _remind(plan, period, today)
        _remind_of_measures(plan, today)


def _remind_of_measures(plan: AnnualPlan, today: dt.date) -> None:
    """Remind of the measures that are overdue today on the days that followed their date."""
    overdue = Measure.objects.filter(area__plan=plan).overdue_on(today)
    dates = {measure.due_on for measure in overdue if measure.due_on}
    policy, exceptions = policy_of(plan), exceptions_of(plan.region_id)
    days = {
        workday_from(date + dt.timedelta(days), exceptions) for date in dates for days in policy.days_after
    }
    for day in sorted(days):
        if day > today:
            break
        with clock.held_at(day):
            measures_run(plan, policy, exceptions)


def _tell_returned(period: Period) -> None:
    """Whoever has something to correct was told on the day it was sent back."""
    returned = OfficeReview.objects.filter(submission__period=period, status=ReviewStatus.RETURNED)
    for review in returned.select_related("submission", "decided_by").order_by("submission__organisation"):
        told = Told(
            NoticeKind.RETURNED,
            review.submission.organisation_id,
            period,
            text=review.note,
            by=review.decided_by,
        )
        with clock.held_at(timezone.localdate(review.decided_at)):
            notices_give([told])


def _remind(plan: AnnualPlan, period: Period, today: dt.date) -> None:
    for distance in range(REMINDED_FROM, REMINDED_TO):
        date = period.due_on + distance * DAY
        if period.opens_on <= date <= today:
            with clock.held_at(date):
                plan_remind(plan=plan, now=MORNING)


def _extend_one(period: Period, by: User, today: dt.date) -> None:
    """The open quarter's first school that has not begun is given more time."""
    if period.due_on < today:
        return
    waiting = [
        one
        for one in missing_of(period, today=today)
        if one.state == DataState.DUE and one.organisation.is_school and one.people
    ]
    if waiting:
        extension_grant(
            period=period,
            organisations=[waiting[-1].organisation],
            due_on=min(period.due_on + LATER, period.closes_on),
            reason="示例：校舍搬迁，延期报送",
            by=by,
        )
