"""How complete the returns are: counts by state, for homes and the overview."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, OuterRef, QuerySet, Subquery

from apps.collection.due_dates import granted_date
from apps.collection.enums import DataState
from apps.collection.models import Assignment, Period, Submission
from apps.collection.status import data_state
from apps.core import clock
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan


@dataclass
class Completeness:
    """How many organisations stand in which state in one period; `total` owe something."""

    period: Period
    counts: Counter[DataState] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def accepted(self) -> int:
        return self.counts[DataState.ACCEPTED]

    @property
    def arrived(self) -> int:
        return sum(
            self.counts[state] for state in (DataState.WAITING, DataState.RETURNED, DataState.ACCEPTED)
        )


def completeness_of(
    *, plan: AnnualPlan, organisations: QuerySet[Organisation] | None = None, today: dt.date | None = None
) -> list[Completeness]:
    """Return each period of a plan with the organisations that owe something, counted by state (2 queries).

    Args:
        organisations: only these, e.g. `Organisation.objects.visible_to(user).schools()`; None for all.
    """
    found = {period.pk: Completeness(period) for period in plan.periods.order_by("quarter")}
    owed = Assignment.objects.filter(period__in=found, withdrawn_on__isnull=True)
    if organisations is not None:
        owed = owed.filter(organisation__in=organisations)
    returns = Submission.objects.filter(period=OuterRef("period"), organisation=OuterRef("organisation"))
    rows = (
        owed.annotate(
            status=Subquery(returns.values("status")[:1]),
            granted=granted_date(period="period", organisation="organisation"),
        )
        .order_by()
        .values_list("period_id", "status", "granted")
        .annotate(count=Count("organisation", distinct=True))
    )
    date = today or clock.today()
    for period_id, status, granted, count in rows:
        entry = found[period_id]
        due_on = max(granted or entry.period.due_on, entry.period.due_on)
        state = data_state(assigned=True, status=status, period=entry.period, today=date, due_on=due_on)
        entry.counts[state] += count
    return list(found.values())


def days_late(*, submitted_on: dt.date | None, due_on: dt.date, today: dt.date) -> int:
    """Return by how many days a return first came too late, or is missing so far; 0 in time."""
    return max(((submitted_on or today) - due_on).days, 0)
