"""The steps of a measure: planned by its lead office or the administrator, done by the lead office."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import Predicate
from apps.core import clock
from apps.plans.enums import MeasureStatus, StepStatus
from apps.plans.measures.models import MeasureStep
from apps.plans.measures.permissions import plans_steps, reports_measure
from apps.plans.measures.services import locked, measure_transition, refuse_unless_in_hand
from apps.plans.models import Measure

MOST_STEPS = 20


@transaction.atomic
def step_add(*, measure: Measure, name: str, by: User, due_on: dt.date | None = None) -> MeasureStep:
    """Add a step at the end; without a due date it stays open when.

    Raises:
        PermissionDenied: unless `by` belongs to the lead office or is an administrator of the region.
        ValidationError: without a name, beyond 20 steps, for a date outside of the plan year, or once the
            measure is out of its lead office's hands.
    """
    current = _writable(measure, by, plans_steps)
    _check(current, name, due_on)
    if current.steps.count() >= MOST_STEPS:
        raise ValidationError(_("A measure has %(most)s steps at most.") % {"most": MOST_STEPS})
    last = current.steps.aggregate(last=Max("position"))["last"] or 0
    return MeasureStep.objects.create(measure=current, position=last + 1, name=name.strip(), due_on=due_on)


@transaction.atomic
def step_change(*, step: MeasureStep, name: str, due_on: dt.date | None, by: User) -> MeasureStep:
    """Reword an open step or move its due date. Raises as `step_add`, and for a step that is not open."""
    current = _writable(step.measure, by, plans_steps)
    _check(current, name, due_on)
    step.refresh_from_db()
    if step.status != StepStatus.OPEN:
        raise ValidationError(_("Only an open step can be changed; open it again first."))
    step.name, step.due_on = name.strip(), due_on
    step.save(update_fields=["name", "due_on"])
    return step


@transaction.atomic
def step_mark(*, step: MeasureStep, status: str, by: User, done_on: dt.date | None = None) -> MeasureStep:
    """Mark a step as done (on `done_on`, today without it), dropped, or open again.

    The first step that is done starts its measure.

    Raises:
        PermissionDenied: unless `by` belongs to the lead office.
        ValidationError: for a day that is not one of the plan year until today, or once the measure is out of
            its lead office's hands.
    """
    current = _writable(step.measure, by, reports_measure)
    step.refresh_from_db()
    date = (done_on or clock.today()) if status == StepStatus.DONE else None
    if date and (date > clock.today() or date.year != current.area.plan.year):
        raise ValidationError({"done_on": _("Give a day of the plan year, today at the latest.")})
    step.status, step.done_on = StepStatus(status), date
    step.save(update_fields=["status", "done_on"])
    if status == StepStatus.DONE and current.status == MeasureStatus.NOT_STARTED:
        measure_transition(measure=current, to=MeasureStatus.IN_PROGRESS, by=by, note=step.name)
    return step


def _writable(measure: Measure, by: User, may: Predicate) -> Measure:
    current = locked(measure)
    if not may(by, current):
        raise PermissionDenied
    refuse_unless_in_hand(current)
    return current


def _check(measure: Measure, name: str, due_on: dt.date | None) -> None:
    if not name.strip():
        raise ValidationError({"name": _("Give the step a name.")})
    if due_on is not None and due_on.year != measure.area.plan.year:
        raise ValidationError({"due_on": _("The due date lies outside of the plan year.")})
