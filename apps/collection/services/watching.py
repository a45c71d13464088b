"""The business clock's marks on periods: opened, the missing late, closed. A record, not a state."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from apps.collection.enums import PeriodEventKind
from apps.collection.models import Assignment, Period, PeriodEvent, Submission
from apps.core import clock
from apps.plans.models import AnnualPlan

EARLIEST = dt.timedelta(days=1)


def period_events_note_all() -> list[PeriodEvent]:
    """Note what the dates of every plan's periods have brought until today."""
    with clock.held_at(clock.read_date()):
        return [event for plan in AnnualPlan.objects.all() for event in period_events_note(plan=plan)]


@transaction.atomic
def period_events_note(*, plan: AnnualPlan) -> list[PeriodEvent]:
    """Note each date of the plan's periods that has come and was not noted yet. Idempotent.

    Returns the new events. A return counts as arrived by the business date on which it was first submitted,
    so that an event noted late says the same as one noted in time.
    """
    known = set(PeriodEvent.objects.filter(period__plan=plan).values_list("period_id", "kind", "on"))
    new = []
    for period in Period.objects.select_for_update().filter(plan=plan).order_by("quarter"):
        for kind, date in _dates(period):
            if date <= clock.today() and (period.pk, kind, date) not in known:
                new.append(_event(period, kind, date))
    return PeriodEvent.objects.bulk_create(new)


def _dates(period: Period) -> list[tuple[str, dt.date]]:
    """Return the first day of each new state; due and closing day themselves still belong to the old one."""
    return [
        (PeriodEventKind.OPENED.value, period.opens_on),
        (PeriodEventKind.LATE.value, period.due_on + EARLIEST),
        (PeriodEventKind.CLOSED.value, period.closes_on + EARLIEST),
    ]


def _event(period: Period, kind: str, on: dt.date) -> PeriodEvent:
    owing = Assignment.objects.filter(period=period, withdrawn_on__isnull=True).values("organisation")
    arrived = Submission.objects.filter(period=period, organisation__in=owing, submitted_on__lt=on)
    return PeriodEvent(
        period=period, kind=kind, on=on, n_owing=owing.distinct().count(), n_arrived=arrived.count()
    )
