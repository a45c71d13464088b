"""Supervision orders about what a release shows to be behind: issued, answered by the office, then closed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.chasing.enums import NoticeKind, OrderSubject
from apps.collection.chasing.notices import Told, notices_give
from apps.collection.chasing.orders import LONGEST, check_demand, next_number
from apps.collection.chasing.permissions import answers_order, issues_orders_for
from apps.collection.errors import WorkflowError
from apps.collection.facts import check_words
from apps.collection.models import Period, SupervisionOrder
from apps.core import clock
from apps.core.typed import Unreadable
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan, Indicator, Measure


@dataclass(frozen=True)
class Behind:
    """What is behind according to a release: the thing, its office, the frozen sentences, what they cite."""

    thing: Indicator | Measure
    office: Organisation
    evidence: str
    source_name: str
    source_sha256: str

    @property
    def subject(self) -> OrderSubject:
        return OrderSubject.INDICATOR if isinstance(self.thing, Indicator) else OrderSubject.MEASURE


@transaction.atomic
def order_issue_behind(
    *, period: Period, behind: Behind, demand: str, answer_due_on: dt.date, by: User
) -> SupervisionOrder:
    """Issue a supervision order to the office of an indicator or measure that is behind.

    Raises:
        PermissionDenied: unless `by` is a leader, deputy director or administrator of the plan's region.
        ValidationError: nothing is asked, or the date lies before today.
        WorkflowError: an order about it is open already.
    """
    if not issues_orders_for(by, period):
        raise PermissionDenied
    check_demand(demand, answer_due_on)
    plan = AnnualPlan.objects.select_for_update().get(pk=period.plan_id)
    named = {str(behind.subject): behind.thing}
    if open_order(behind.thing):
        raise WorkflowError(_("A supervision order about this is open already."))
    order = SupervisionOrder.objects.create(
        plan=plan,
        number=next_number(plan),
        period=period,
        organisation=behind.office,
        subject=behind.subject,
        source_name=behind.source_name,
        source_sha256=behind.source_sha256,
        evidence=behind.evidence,
        demand=demand.strip(),
        answer_due_on=answer_due_on,
        issued_by=by,
        issued_on=clock.today(),
        **named,
    )
    told = Told(NoticeKind.ORDER, behind.office.pk, period, order=order, due_on=answer_due_on, by=by)
    notices_give([told])
    return order


def open_order(thing: Indicator | Measure) -> SupervisionOrder | None:
    """Return the open order about an indicator or measure."""
    name = "indicator" if isinstance(thing, Indicator) else "measure"
    return SupervisionOrder.objects.filter(**{name: thing.pk}, closed_on__isnull=True).first()


@transaction.atomic
def order_answer(*, order: SupervisionOrder, reply: str, by: User) -> SupervisionOrder:
    """Answer an order for the school or office it went to; the answer may be changed until it is closed.

    Raises:
        PermissionDenied: `by` is not of that school or office.
        ValidationError: nothing is said, or a personal number.
        WorkflowError: it is closed.
    """
    current = SupervisionOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    if not answers_order(by, current):
        raise PermissionDenied
    if current.closed_on is not None:
        raise WorkflowError(_("This order is closed already."))
    if not reply.strip():
        raise ValidationError({"reply": _("Say what was done and what is still to come.")})
    try:
        check_words(reply, limit=LONGEST)
    except Unreadable as refusal:
        raise ValidationError({"reply": refusal.message}) from refusal
    current.reply, current.replied_by, current.replied_on = reply.strip(), by, clock.today()
    current.save(update_fields=["reply", "replied_by", "replied_on"])
    _tell_issuer(current, by)
    order.refresh_from_db()
    return order


def _tell_issuer(order: SupervisionOrder, by: User) -> None:
    told = Told(NoticeKind.ANSWERED, order.organisation_id, order.period, order=order, by=by)
    notices_give([told], people={order.organisation_id: [order.issued_by]})
