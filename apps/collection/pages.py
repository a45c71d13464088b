"""What the pages of a person's returns are made of: guarded things and lists."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import Http404

from apps.collection.due_dates import due_date, extended_dates
from apps.collection.enums import DataState, SubmissionStatus
from apps.collection.models import Assignment, DataValue, Period, Submission
from apps.collection.status import data_state
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan

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
    periods = Period.objects.select_related("plan__policy").filter(
        plan__region__descendant_links__descendant=organisation.region_id
    )
    found = periods.filter(plan__year=year, quarter=quarter).order_by("-plan__region__code").first()
    if found is None:
        raise Http404
    return found


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
