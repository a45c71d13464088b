"""Who reported in time, late, or not at all, and how often something was sent back: quarter by quarter."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from apps.collection.completeness import days_late
from apps.collection.due_dates import due_date, extended_dates
from apps.collection.enums import SubmissionStatus
from apps.collection.models import Assignment, Period, Submission, SubmissionEvent
from apps.organisations.models import Organisation

IN_TIME, LATE, MISSING, AHEAD, NOTHING = "in_time", "late", "missing", "ahead", "nothing"


@dataclass(frozen=True)
class Arrival:
    """One organisation's return of one quarter: how it came, days late, how often it was sent back."""

    kind: str
    days_late: int = 0
    n_returned: int = 0


@dataclass(frozen=True)
class TimelinessRow:
    """One organisation over the quarters, in their order."""

    organisation: Organisation
    arrivals: Sequence[Arrival]

    @property
    def counts(self) -> Counter[str]:
        return Counter(arrival.kind for arrival in self.arrivals)

    @property
    def n_in_time(self) -> int:
        return self.counts[IN_TIME]

    @property
    def n_late(self) -> int:
        """Late, or missing after the due date."""
        return self.counts[LATE] + self.counts[MISSING]

    @property
    def n_returned(self) -> int:
        return sum(arrival.n_returned for arrival in self.arrivals)

    @property
    def n_due(self) -> int:
        return self.n_in_time + self.n_late


def timeliness_of(
    periods: Sequence[Period], *, organisations: QuerySet[Organisation], today: dt.date
) -> list[TimelinessRow]:
    """Return who owes anything in these quarters, the most often late first (5 queries)."""
    owed = set(
        Assignment.objects.filter(period__in=periods, withdrawn_on__isnull=True)
        .order_by()
        .values_list("period_id", "organisation_id")
        .distinct()
    )
    arrived = {
        (period, organisation): on
        for period, organisation, on in Submission.objects.filter(period__in=periods).values_list(
            "period_id", "organisation_id", "submitted_on"
        )
    }
    returned = _returned(periods)
    extended = extended_dates(periods)
    rows = []
    owing = organisations.filter(pk__in={organisation for _, organisation in owed})
    for one in owing.order_by("-kind", "sort_key", "code"):
        arrivals = []
        for period in periods:
            key = (period.pk, one.pk)
            due_on = due_date(period, one.pk, extended)
            late = days_late(submitted_on=arrived.get(key), due_on=due_on, today=today)
            kind = _kind(key in owed, arrived.get(key), late)
            arrivals.append(Arrival(kind, late if kind in (LATE, MISSING) else 0, returned.get(key, 0)))
        rows.append(TimelinessRow(one, arrivals))
    return sorted(rows, key=lambda row: (-row.n_late, -row.n_returned))


def _kind(is_owed: bool, submitted_on: dt.date | None, late: int) -> str:
    if not is_owed:
        return NOTHING
    if submitted_on is None:
        return MISSING if late else AHEAD
    return LATE if late else IN_TIME


def _returned(periods: Sequence[Period]) -> dict[tuple[int, int], int]:
    rows = SubmissionEvent.objects.filter(submission__period__in=periods, to_status=SubmissionStatus.RETURNED)
    counted = rows.order_by().values_list("submission__period", "submission__organisation")
    return {
        (period, organisation): count for period, organisation, count in counted.annotate(count=Count("pk"))
    }
