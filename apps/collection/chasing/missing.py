"""Whose return of a period is missing or sent back, by when it is due, and what they were told so far."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.collection.chasing.enums import NoticeKind
from apps.collection.chasing.notices import recipients
from apps.collection.due_dates import due_date, extended_dates
from apps.collection.enums import DataState
from apps.collection.models import Assignment, Notice, Period, Submission
from apps.collection.status import data_state
from apps.organisations.models import Organisation

TO_CHASE = (DataState.LATE, DataState.DUE, DataState.RETURNED)
REMINDING = (NoticeKind.REMINDER, NoticeKind.OVERDUE)


@dataclass(frozen=True)
class Missing:
    """One organisation whose return is still to come (or to come back).

    `n_reminded`: on how many days it was reminded; `last_on`: on which last; `people`: who can be told.
    """

    organisation: Organisation
    state: DataState
    due_on: dt.date
    days_late: int
    is_extended: bool
    people: Sequence[User] = ()
    reminded_on: Sequence[dt.date] = field(default_factory=list)

    @property
    def n_reminded(self) -> int:
        return len(self.reminded_on)

    @property
    def last_on(self) -> dt.date | None:
        return self.reminded_on[-1] if self.reminded_on else None


def missing_of(
    period: Period, *, today: dt.date, organisations: QuerySet[Organisation] | None = None
) -> list[Missing]:
    """Return who is to be chased for a period, the longest late first (6 queries).

    Args:
        organisations: only these, e.g. those a reader may see; None for all.
    """
    if today < period.opens_on:
        return []
    owing = Assignment.objects.filter(period=period, withdrawn_on__isnull=True).values("organisation")
    found = (Organisation.objects.all() if organisations is None else organisations).filter(pk__in=owing)
    rows = list(found.order_by("-kind", "sort_key", "code"))
    extended = extended_dates([period])
    statuses = dict(Submission.objects.filter(period=period).values_list("organisation_id", "status"))
    people = recipients([row.pk for row in rows])
    reminded = _reminded(period)
    missing = []
    for row in rows:
        due_on = due_date(period, row.pk, extended)
        state = data_state(
            assigned=True, status=statuses.get(row.pk), period=period, today=today, due_on=due_on
        )
        if state in TO_CHASE:
            missing.append(
                Missing(
                    organisation=row,
                    state=state,
                    due_on=due_on,
                    days_late=max((today - due_on).days, 0),
                    is_extended=due_on != period.due_on,
                    people=people.get(row.pk, []),
                    reminded_on=reminded.get(row.pk, []),
                )
            )
    return sorted(missing, key=lambda one: -one.days_late)


def _reminded(period: Period) -> dict[int, list[dt.date]]:
    """Return the days on which each organisation was reminded, in order."""
    rows = (
        Notice.objects.filter(period=period, kind__in=REMINDING)
        .order_by("on")
        .values_list("organisation_id", "on")
    )
    days: dict[int, Counter[dt.date]] = {}
    for organisation, on in rows:
        days.setdefault(organisation, Counter())[on] += 1
    return {organisation: list(counted) for organisation, counted in days.items()}
