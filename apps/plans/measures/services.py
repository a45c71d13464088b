"""Every write to how far a measure is. `by` is whoever does it; each write locks the measure's row first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import may_lead
from apps.core import clock
from apps.organisations.models import Organisation
from apps.plans.enums import MeasureStatus as Status
from apps.plans.enums import StepStatus
from apps.plans.measures.models import MeasureUpdate
from apps.plans.measures.permissions import MAY, assigns_measure, reports_measure
from apps.plans.measures.workflow import IN_HAND, SAID_COMPLETED, step_between
from apps.plans.models import Measure


def locked(measure: Measure) -> Measure:
    """Return the measure read anew and locked until the transaction ends; writers queue here."""
    rows = Measure.objects.select_for_update(of=("self",))
    return rows.select_related("lead_office", "area__plan__policy").get(pk=measure.pk)


@transaction.atomic
def measure_transition(
    *, measure: Measure, to: str, by: User, note: str = "", completed_on: dt.date | None = None
) -> MeasureUpdate:
    """Change a measure's status: locks it, checks step and person, saves, writes the update.

    Args:
        completed_on: for `completed`, the day it was; today without it.

    Raises:
        PermissionDenied: the step is not this person's to take.
        ValidationError: the step is not possible from the present status, lacks its reason, or its day is not
            one of the plan year until today.
    """
    current = locked(measure)
    before, after, note = Status(current.status), Status(to), note.strip()
    step = step_between(before, after)
    if step is None:
        text = _(
            "“%(before)s” cannot become “%(after)s”. Somebody may have changed it meanwhile; reload the page."
        )
        raise ValidationError(text % {"before": before.label, "after": after.label})
    if not MAY[step.actor](by, current) or (after == Status.CLOSED and _reported_it(current, by)):
        raise PermissionDenied
    if step.needs_note and not note:
        raise ValidationError({"note": _("Say what was done, or why.")})
    if after == Status.COMPLETED:
        current.completed_on = _checked_completion(current, completed_on)
    elif after not in SAID_COMPLETED:
        current.completed_on = None
    current.status = after
    current.save(update_fields=["status", "completed_on"])
    return _update(measure, current, before=before, by=by, note=note)


def _reported_it(measure: Measure, by: User) -> bool:
    """Whoever changed offices since does not close what they reported themselves."""
    reports = measure.updates.filter(to_status=Status.COMPLETED).order_by("-pk")
    return reports.values_list("by_id", flat=True).first() == by.pk


def _checked_completion(measure: Measure, completed_on: dt.date | None) -> dt.date:
    """Return the day a measure was completed; open steps and days that cannot be are refused."""
    date, today = completed_on or clock.today(), clock.today()
    if date > today or date.year != measure.area.plan.year:
        raise ValidationError({"completed_on": _("Give a day of the plan year, today at the latest.")})
    open_steps = measure.steps.filter(status=StepStatus.OPEN).count()
    if open_steps:
        text = _("Steps still open: %(count)s. Mark them as done or drop them first.")
        raise ValidationError(text % {"count": open_steps})
    return date


@transaction.atomic
def measure_note(*, measure: Measure, note: str, by: User) -> MeasureUpdate:
    """Write down how far a measure is without changing its status.

    Raises:
        PermissionDenied: unless `by` belongs to the lead office.
        ValidationError: without words, or once the measure is reported, closed or cancelled.
    """
    current = locked(measure)
    if not reports_measure(by, current):
        raise PermissionDenied
    if not note.strip():
        raise ValidationError({"note": _("Write how far the measure is.")})
    refuse_unless_in_hand(current)
    return _update(measure, current, before=Status(current.status), by=by, note=note.strip())


@transaction.atomic
def measure_assign(
    *,
    measure: Measure,
    lead_office: Organisation,
    supporting_offices: Iterable[Organisation],
    lead_leader: User | None,
    due_on: dt.date | None,
    by: User,
) -> Measure:
    """Say who does a measure and by when, as the bureau's 责任分解表 does; None leaves the date open.

    Args:
        lead_leader: where it is another than the leader of the area, who leads all others.

    Raises:
        PermissionDenied: unless `by` is an administrator of the plan's region.
        ValidationError: for an office of another region or one that is closed, the lead office among the
            supporting ones, another lead office while a report waits to be checked, somebody who leads
            nothing, or a date outside of the plan year.
    """
    current = locked(measure)
    if not assigns_measure(by, current):
        raise PermissionDenied
    supporting = list(supporting_offices)
    _check_offices(current, lead_office, supporting)
    if due_on is not None and due_on.year != current.area.plan.year:
        raise ValidationError({"due_on": _("The due date lies outside of the plan year.")})
    _check_leader(current, lead_leader)
    current.lead_office, current.lead_leader, current.due_on = lead_office, lead_leader, due_on
    current.save(update_fields=["lead_office", "lead_leader", "due_on"])
    current.supporting_offices.set(supporting)
    measure.refresh_from_db()
    return current


def _check_leader(measure: Measure, leader: User | None) -> None:
    region = measure.area.plan.region_id
    if leader is not None and not (may_lead(leader) and leader.region_id == region):
        text = _("Only leaders and deputy directors of this bureau lead measures.")
        raise ValidationError({"lead_leader": text})


def _check_offices(measure: Measure, lead: Organisation, supporting: list[Organisation]) -> None:
    offices = Organisation.objects.offices().filter(region=measure.area.plan.region_id)
    known = set(offices.open_on(clock.today()).values_list("pk", flat=True))
    for name, office in [("lead_office", lead), *(("supporting_offices", office) for office in supporting)]:
        if office.pk not in known:
            text = _("“%(office)s” is no open office of this bureau.")
            raise ValidationError({name: text % {"office": office.name}})
    if lead in supporting:
        raise ValidationError({"supporting_offices": _("The lead office does not support itself.")})
    if lead.pk != measure.lead_office_id and measure.status == Status.COMPLETED:
        raise ValidationError(
            {"lead_office": _("A report of the present lead office waits to be checked first.")}
        )


def refuse_unless_in_hand(measure: Measure) -> None:
    """Raise ValidationError once the lead office has given the measure out of its hands."""
    if measure.status not in IN_HAND:
        text = _("The measure is “%(status)s” and cannot be changed now.")
        raise ValidationError(text % {"status": measure.get_status_display()})


def _update(measure: Measure, current: Measure, *, before: Status, by: User, note: str) -> MeasureUpdate:
    update = MeasureUpdate.objects.create(
        measure=current,
        from_status=before,
        to_status=current.status,
        note=note,
        by=by,
        business_date=clock.today(),
    )
    measure.refresh_from_db()
    return update
