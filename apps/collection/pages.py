"""What the pages of a person's returns are made of: guarded things and lists."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.http import Http404

from apps.collection.due_dates import due_date, extended_dates
from apps.collection.enums import DataState, SubmissionStatus
from apps.collection.models import Assignment, DataValue, Period, Submission
from apps.collection.status import data_state
from apps.core import prepared
from apps.core.rows import columns, read
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan, PlanPolicy

WRITTEN = Q(number__isnull=False) | Q(date__isnull=False) | ~Q(text="") | Q(not_applicable=True)


@dataclass(frozen=True)
class PeriodRow:
    """One quarter of the list: how far the return is and how many facts it asks, has and got back."""

    period: Period
    submission: Submission | None
    state: DataState
    asked: int
    filled: int
    returned: int
    due_on: dt.date
    days_left: int

    @property
    def sign(self) -> str:
        is_signing = self.submission is not None and self.submission.status == SubmissionStatus.SIGNING
        return SubmissionStatus.SIGNING if is_signing else self.state

    @property
    def is_open(self) -> bool:
        """Something can be written now."""
        return self.state in (DataState.DUE, DataState.LATE, DataState.RETURNED) and self.sign == self.state


def plan_for(organisation: Organisation) -> AnnualPlan | None:
    """Return the newest plan that asks the organisation, its district's before its city's."""
    plans = AnnualPlan.objects.filter(region__descendant_links__descendant=organisation.region_id)
    return plans.order_by("-year", "-region__code").first()


def period_or_404(organisation: Organisation, *, quarter: int, year: int | None = None) -> Period:
    """Return the period of a quarter and year (without a year: of the newest plan) of an organisation."""
    if year is None:
        plan = plan_for(organisation)
        if plan is None:
            raise Http404
        year = plan.year
    with connection.cursor() as cursor:
        prepared.execute(cursor, _period(), [organisation.region_id, year, quarter])
        row = cursor.fetchone()
    if row is None:
        raise Http404
    period, after_period = read(Period, row)
    plan, after_plan = read(AnnualPlan, row, after_period, "text")
    policy, _end = read(PlanPolicy, row, after_plan)
    assert period is not None
    assert plan is not None
    if policy is not None:
        plan.policy = policy
    period.plan = plan
    return period


@cache
def _period() -> str:
    return f"""SELECT {columns(Period, "q")}, {columns(AnnualPlan, "p", "text")}, {columns(PlanPolicy, "y")}
        FROM organisations_regionancestor t
        JOIN plans_annualplan p ON p.region_id = t.ancestor_id
        JOIN organisations_region r ON r.id = p.region_id
        JOIN collection_period q ON q.plan_id = p.id
        LEFT JOIN plans_planpolicy y ON y.plan_id = p.id
        WHERE t.descendant_id = %s AND p.year = %s AND q.quarter = %s
        ORDER BY r.code DESC LIMIT 1"""  # noqa: S608  # nosec B608 - names of columns


def period_rows(organisation: Organisation, plan: AnnualPlan, today: dt.date) -> list[PeriodRow]:
    """Return the plan's quarters for one organisation (6 queries)."""
    periods = list(plan.periods.order_by("quarter"))
    extended = extended_dates(periods, organisations=[organisation.pk])
    returns = {
        row.period_id: row for row in Submission.objects.filter(organisation=organisation, period__plan=plan)
    }
    owed = Assignment.objects.filter(organisation=organisation, period__plan=plan, withdrawn_on__isnull=True)
    asked = _counted(owed, "period_id")
    own = DataValue.objects.filter(submission__organisation=organisation, submission__period__plan=plan)
    filled = _counted(own.filter(WRITTEN), "submission__period_id")
    returned = _counted(own.filter(is_open=True), "submission__period_id")
    return [
        PeriodRow(
            period=period,
            submission=returns.get(period.pk),
            state=data_state(
                assigned=period.pk in asked,
                status=returns[period.pk].status if period.pk in returns else None,
                period=period,
                today=today,
                due_on=(due_on := due_date(period, organisation.pk, extended)),
            ),
            asked=asked.get(period.pk, 0),
            filled=min(filled.get(period.pk, 0), asked.get(period.pk, 0)),
            returned=returned.get(period.pk, 0),
            due_on=due_on,
            days_left=(due_on - today).days,
        )
        for period in periods
    ]


def _counted(rows: Any, by: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(by).annotate(count=Count("pk", distinct=True)))
