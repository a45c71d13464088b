"""What the pages of measures show; a constant number of queries each."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.core import clock
from apps.core.display import Sign
from apps.dashboards import selectors
from apps.dashboards.changes import Change, changes_of
from apps.dashboards.measure_signs import SIGNS, days_overdue
from apps.dashboards.readings import Reading
from apps.dashboards.selectors import Scope
from apps.organisations.models import Organisation
from apps.plans.enums import MeasureStatus, StepStatus
from apps.plans.measures.models import MeasureEvidence, MeasureStep, MeasureUpdate
from apps.plans.measures.querysets import DONE
from apps.plans.models import AnnualPlan, Measure

OVERDUE = "overdue"
EVERY_OFFICE = "all"


@dataclass(frozen=True)
class Row:
    """A measure with its last note."""

    measure: Measure
    overdue: int
    last: MeasureUpdate | None
    n_done: int
    n_steps: int

    @property
    def sign(self) -> Sign:
        return SIGNS[self.measure.status]


def measures_for(user: User) -> QuerySet[Measure]:
    """Return the measures that the user may see, with everything a row shows."""
    rows = Measure.objects.visible_to(user).select_related(
        "area__plan__policy", "area__lead_leader", "lead_office", "lead_leader"
    )
    return rows.prefetch_related("steps", "supporting_offices").order_by("area__number", "code")


def rows_of(measures: Sequence[Measure], *, today: dt.date) -> list[Row]:
    """Return the rows of measures from `measures_for` (one query)."""
    updates = MeasureUpdate.objects.filter(measure__in=measures).select_related("by")
    last = {update.measure_id: update for update in updates.order_by("at", "pk")}
    return [_row(measure, last.get(measure.pk), today) for measure in measures]


def _row(measure: Measure, last: MeasureUpdate | None, today: dt.date) -> Row:
    steps = [step for step in measure.steps.all() if step.status != StepStatus.DROPPED]
    return Row(
        measure=measure,
        overdue=days_overdue(measure, today),
        last=last,
        n_done=sum(step.status == StepStatus.DONE for step in steps),
        n_steps=len(steps),
    )


@dataclass(frozen=True)
class MeasureList:
    """The measures of a plan that fit the filters, and how many of each status there are before `state`."""

    rows: Sequence[Row]
    counts: Sequence[tuple[str, Sign, int]]
    n_overdue: int
    n_all: int
    offices: Sequence[Organisation]
    chosen: dict[str, Any]


def measure_list(user: User, plan: AnnualPlan, query: QueryDict) -> MeasureList:
    """Return a plan's measures; office staff see their own office's unless they ask for others."""
    office = query.get("office", str(user.organisation_id) if user.role == Role.OFFICE else EVERY_OFFICE)
    area, state = query.get("area", ""), query.get("state", "")
    found = measures_for(user).filter(area__plan=plan)
    if office.isascii() and office.isdecimal():
        found = found.filter(lead_office=int(office))
    if area.isascii() and area.isdecimal():
        found = found.filter(area__number=int(area))
    today = clock.today()
    rows = rows_of(list(found), today=today)
    counts = Counter(row.measure.status for row in rows)
    leads = Measure.objects.filter(area__plan=plan).values("lead_office")
    return MeasureList(
        rows=[row for row in rows if _fits(row, state)],
        counts=[(status.value, SIGNS[status], counts[status]) for status in MeasureStatus if counts[status]],
        n_overdue=sum(row.overdue > 0 for row in rows),
        n_all=len(rows),
        offices=list(Organisation.objects.filter(pk__in=leads).order_by("sort_key")),
        chosen={"office": office, "area": area, "state": state},
    )


def _fits(row: Row, state: str) -> bool:
    if state == OVERDUE:
        return row.overdue > 0
    return state not in MeasureStatus.values or row.measure.status == state


def waiting_checks(user: User, plan: AnnualPlan) -> list[Row]:
    """Return the measures that wait for the user to close them, those reported first on top."""
    waiting = Measure.objects.checked_by(user).filter(status=MeasureStatus.COMPLETED, area__plan=plan)
    rows = rows_of(list(measures_for(user).filter(pk__in=waiting.values("pk"))), today=clock.today())
    return sorted(rows, key=lambda row: (row.last.business_date if row.last else dt.date.max, row.measure.pk))


@dataclass(frozen=True)
class MeasurePage:
    """One measure with everything about it that the reader may know."""

    scope: Scope
    row: Row
    steps: Sequence[MeasureStep]
    updates: Sequence[MeasureUpdate]
    changes: Sequence[Change]
    readings: Sequence[Reading]
    evidence: Sequence[MeasureEvidence]

    @property
    def measure(self) -> Measure:
        return self.row.measure

    @property
    def clause(self) -> tuple[str, str, str]:
        """The area's text before, in and after the sentence of the measure."""
        text, start, end = self.measure.area.text, self.measure.quote_start, self.measure.quote_end
        return text[:start], text[start:end], text[end:]


def measure_page(user: User, measure: Measure) -> MeasurePage:
    """Return the page of a measure that `measures_for` found."""
    scope = selectors.scope_of(user, plan=measure.area.plan)
    indicators = list(selectors.indicators_in(scope).filter(measures=measure))
    readings = selectors.readings_of(scope, indicators)
    updates = list(measure.updates.select_related("by__organisation"))
    steps = list(measure.steps.all())
    return MeasurePage(
        scope=scope,
        row=_row(measure, updates[-1] if updates else None, clock.today()),
        steps=steps,
        updates=updates[::-1],
        changes=changes_of(
            {"measure": [measure.pk], "step": [step.pk for step in steps]},
            skipped={"measure": ("status", "completed_on")},
        ),
        readings=[readings[indicator.pk, scope.quarter] for indicator in indicators],
        evidence=list(MeasureEvidence.objects.visible_to(user).filter(measure=measure).for_list()),
    )


@dataclass(frozen=True)
class Tally:
    """What a home page says about measures: own ones by what they need, and those that wait to be closed."""

    n_own: int
    n_overdue: int
    n_returned: int
    n_to_close: int

    @property
    def is_any(self) -> bool:
        return bool(self.n_own or self.n_to_close)


def tally_of(user: User, plan: AnnualPlan) -> Tally:
    """Return the measures of the user's office by what they need (2 queries)."""
    own = Measure.objects.reported_by(user).filter(area__plan=plan)
    counts = own.aggregate(
        own=Count("pk"),
        returned=Count("pk", filter=Q(status=MeasureStatus.RETURNED)),
        overdue=Count("pk", filter=Q(due_on__lt=clock.today()) & ~Q(status__in=DONE)),
    )
    to_close = Measure.objects.checked_by(user).filter(area__plan=plan, status=MeasureStatus.COMPLETED)
    return Tally(
        n_own=counts["own"],
        n_overdue=counts["overdue"],
        n_returned=counts["returned"],
        n_to_close=to_close.count(),
    )
