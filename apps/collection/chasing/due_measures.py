"""Which measures, and which of their steps, are due soon or overdue, and what their offices were told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from apps.accounts.models import User
from apps.collection.chasing.enums import NoticeKind
from apps.collection.chasing.notices import recipients
from apps.collection.models import Notice, Period
from apps.plans.enums import StepStatus
from apps.plans.measures.querysets import DONE
from apps.plans.measures.workflow import IN_HAND
from apps.plans.models import AnnualPlan, Measure, MeasureStep

REMINDING = (NoticeKind.MEASURE, NoticeKind.MEASURE_LATE)


@dataclass(frozen=True)
class DueMeasure:
    """A measure, or one open step of it, with its date; `people` of the lead office can be told."""

    measure: Measure
    step: MeasureStep | None
    due_on: dt.date
    days_late: int
    people: Sequence[User]
    reminded_on: Sequence[dt.date]

    @property
    def key(self) -> str:
        return key_of(self.measure, self.step)

    @property
    def is_overdue(self) -> bool:
        return self.days_late > 0


def key_of(measure: Measure, step: MeasureStep | None) -> str:
    """Return how the chase names what is due, before the colon of its steps: `6.M03`, `6.M03/2`."""
    key = f"{measure.area.number}.{measure.code}"
    return key if step is None else f"{key}/{step.position}"


def measures_due(plan: AnnualPlan, *, today: dt.date, days_ahead: int) -> list[DueMeasure]:
    """Return what is overdue or due within `days_ahead` days, the longest overdue first (4 queries).

    The steps of a measure that is overdue itself are not listed beside it.
    """
    until = today + dt.timedelta(days=days_ahead)
    unfinished = Measure.objects.filter(area__plan=plan).exclude(status__in=DONE)
    wanted = Q(due_on__lte=until) | Q(steps__status=StepStatus.OPEN, steps__due_on__lte=until)
    measures = list(
        unfinished.filter(wanted)
        .distinct()
        .select_related("lead_office", "area__plan__policy")
        .prefetch_related("steps")
    )
    people = recipients({measure.lead_office_id for measure in measures})
    reminded = _reminded(plan)
    found = [
        DueMeasure(
            measure=measure,
            step=step,
            due_on=due_on,
            days_late=max((today - due_on).days, 0),
            people=people.get(measure.lead_office_id, []),
            reminded_on=reminded.get(key_of(measure, step), []),
        )
        for measure in measures
        for step, due_on in _dates(measure, today)
        if due_on <= until
    ]
    return sorted(found, key=_place)


def _place(one: DueMeasure) -> tuple[dt.date, int, str, int]:
    measure = one.measure
    return one.due_on, measure.area.number, measure.code, one.step.position if one.step else 0


def _dates(measure: Measure, today: dt.date) -> Iterator[tuple[MeasureStep | None, dt.date]]:
    if measure.due_on is not None:
        yield None, measure.due_on
        if measure.due_on < today:
            return
    if measure.status in IN_HAND:
        for step in measure.steps.all():
            if step.status == StepStatus.OPEN and step.due_on is not None:
                yield step, step.due_on


def _reminded(plan: AnnualPlan) -> Mapping[str, list[dt.date]]:
    """Return the days on which the office of each thing due was reminded, in order."""
    rows = Notice.objects.filter(measure__area__plan=plan, kind__in=REMINDING).order_by("on", "pk")
    days: dict[str, dict[dt.date, None]] = {}
    for step, on in rows.values_list("step", "on"):
        days.setdefault(step.rpartition(":")[0], {})[on] = None
    return {key: list(found) for key, found in days.items()}


def periods_by_quarter(plan: AnnualPlan) -> dict[int, Period]:
    """Return the plan's quarters by number; a measure belongs to the one in which it is due (1 query)."""
    return {period.quarter: period for period in plan.periods.select_related("plan")}


def quarter_of(date: dt.date) -> int:
    return (date.month - 1) // 3 + 1
