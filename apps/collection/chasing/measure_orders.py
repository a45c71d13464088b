"""Supervision orders about measures that are overdue: suggested with their evidence, issued by a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.collection.chasing.due_measures import DueMeasure, measures_due, periods_by_quarter, quarter_of
from apps.collection.chasing.enums import NoticeKind, OrderSubject
from apps.collection.chasing.notices import Told, notices_give
from apps.collection.chasing.orders import check_demand, next_number
from apps.collection.chasing.orders_behind import open_order
from apps.collection.chasing.permissions import issues_orders_for
from apps.collection.chasing.wording import measure_name
from apps.collection.errors import WorkflowError
from apps.collection.models import ChasePolicy, Period, SupervisionOrder
from apps.core import clock
from apps.plans.models import AnnualPlan, Measure


@dataclass(frozen=True)
class MeasureSuggestion:
    """A measure whose office should get an order, and what speaks for it: lines that go into the order."""

    due: DueMeasure
    evidence: Sequence[str]


def measure_suggestions(
    plan: AnnualPlan, due: Sequence[DueMeasure], policy: ChasePolicy
) -> list[MeasureSuggestion]:
    """Return which overdue measures are ripe for an order and have none open (1 query)."""
    open_ones = set(
        SupervisionOrder.objects.filter(plan=plan, closed_on__isnull=True, measure__isnull=False).values_list(
            "measure_id", flat=True
        )
    )
    return [
        MeasureSuggestion(one, measure_evidence(one))
        for one in due
        if one.step is None
        and one.is_overdue
        and one.days_late >= policy.order_after_days
        and len(one.reminded_on) >= policy.order_after_reminders
        and one.measure.pk not in open_ones
    ]


def measure_evidence(one: DueMeasure) -> list[str]:
    """Return what happened, as sentences with dates."""
    words = {"what": measure_name(one.measure, None), "due": one.due_on.isoformat()}
    lines = [
        _("The %(what)s was due on %(due)s.") % words,
        _("It stands at: %(status)s.") % {"status": one.measure.get_status_display()},
    ]
    if one.reminded_on:
        days = _(", ").join(day.isoformat() for day in one.reminded_on)
        lines.append(_("Reminders were sent on %(days)s.") % {"days": days})
    late = ngettext("%(days)s day late on %(date)s.", "%(days)s days late on %(date)s.", one.days_late)
    lines.append(late % {"days": one.days_late, "date": clock.today().isoformat()})
    return lines


def overdue_measure(measure: Measure) -> DueMeasure | None:
    """Return how a measure is overdue, None when it is not (any more)."""
    due = measures_due(measure.area.plan, today=clock.today(), days_ahead=0)
    return next((one for one in due if one.measure == measure and one.step is None and one.is_overdue), None)


def period_of_measure(measure: Measure) -> Period | None:
    """Return the quarter in which a measure is due."""
    if measure.due_on is None:
        return None
    return periods_by_quarter(measure.area.plan).get(quarter_of(measure.due_on))


@transaction.atomic
def measure_order_issue(
    *, measure: Measure, demand: str, answer_due_on: dt.date, by: User
) -> SupervisionOrder:
    """Issue a supervision order about a measure that is overdue; its evidence is taken down as it is now.

    Raises:
        PermissionDenied: unless `by` is a leader, deputy director or administrator of the plan's region.
        ValidationError: the measure is not overdue, nothing is asked, or the date lies before today.
        WorkflowError: an order about it is open already.
    """
    period = period_of_measure(measure)
    if period is None or not issues_orders_for(by, period):
        raise PermissionDenied
    plan = AnnualPlan.objects.select_for_update().get(pk=period.plan_id)
    one = overdue_measure(measure)
    if one is None:
        raise ValidationError(_("This measure is not overdue (any more); there is nothing to order."))
    check_demand(demand, answer_due_on)
    if open_order(measure):
        raise WorkflowError(_("A supervision order about this measure is open already."))
    order = SupervisionOrder.objects.create(
        plan=plan,
        number=next_number(plan),
        period=period,
        organisation=measure.lead_office,
        subject=OrderSubject.OVERDUE,
        measure=measure,
        evidence="\n".join(measure_evidence(one)),
        demand=demand.strip(),
        answer_due_on=answer_due_on,
        issued_by=by,
        issued_on=clock.today(),
    )
    told = Told(
        NoticeKind.ORDER,
        measure.lead_office_id,
        period,
        order=order,
        measure=measure,
        due_on=answer_due_on,
        by=by,
    )
    notices_give([told])
    return order
