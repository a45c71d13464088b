"""Supervision orders (督办单): suggested with their evidence, issued and closed by a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.collection.chasing.enums import NoticeKind, OrderSubject
from apps.collection.chasing.missing import Missing, missing_of
from apps.collection.chasing.notices import Told, notices_give
from apps.collection.chasing.permissions import closes_order, issues_orders_for
from apps.collection.chasing.policies import policy_of
from apps.collection.chasing.wording import period_name
from apps.collection.enums import DataState
from apps.collection.errors import WorkflowError
from apps.collection.facts import check_words
from apps.collection.models import ChasePolicy, Period, SupervisionOrder
from apps.core import clock
from apps.core.typed import Unreadable
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan

LONGEST = 1000


@dataclass(frozen=True)
class Suggestion:
    """Who should get a supervision order, and what speaks for it: lines that go into the order."""

    missing: Missing
    evidence: Sequence[str]

    @property
    def text(self) -> str:
        return "\n".join(self.evidence)


def is_ripe(missing: Missing, policy: ChasePolicy) -> bool:
    """Tell whether a return is late enough and was reminded often enough."""
    return (
        missing.state == DataState.LATE
        and missing.days_late >= policy.order_after_days
        and missing.n_reminded >= policy.order_after_reminders
    )


def suggestions_of(
    period: Period,
    *,
    today: dt.date,
    organisations: QuerySet[Organisation] | None = None,
    missing: Sequence[Missing] | None = None,
) -> list[Suggestion]:
    """Return for whom an order is due that has none open (2 queries when `missing` is at hand)."""
    policy = policy_of(period.plan)
    rows = missing_of(period, today=today, organisations=organisations) if missing is None else missing
    open_ones = set(
        SupervisionOrder.objects.filter(
            period=period, subject=OrderSubject.RETURN, closed_on__isnull=True
        ).values_list("organisation_id", flat=True)
    )
    ripe = [one for one in rows if is_ripe(one, policy) and one.organisation.pk not in open_ones]
    return [Suggestion(one, evidence_of(one, period)) for one in ripe]


def evidence_of(missing: Missing, period: Period) -> list[str]:
    """Return what happened, as sentences with dates."""
    lines = [
        _("The return for %(period)s was due on %(due)s.")
        % {"period": period_name(period), "due": missing.due_on.isoformat()},
    ]
    if missing.is_extended:
        lines.append(_("The due date had been extended from %(date)s.") % {"date": period.due_on.isoformat()})
    if missing.reminded_on:
        days = _(", ").join(day.isoformat() for day in missing.reminded_on)
        lines.append(_("Reminders were sent on %(days)s.") % {"days": days})
    late = ngettext("%(days)s day late on %(date)s.", "%(days)s days late on %(date)s.", missing.days_late)
    lines.append(late % {"days": missing.days_late, "date": clock.today().isoformat()})
    return lines


@transaction.atomic
def order_issue(
    *, period: Period, organisation: Organisation, demand: str, answer_due_on: dt.date, by: User
) -> SupervisionOrder:
    """Issue a supervision order about a return that is late; its evidence is taken down as it is now.

    Raises:
        PermissionDenied: unless `by` is a leader, deputy director or administrator of the plan's region.
        ValidationError: the return is not late, nothing is asked, or the date lies before today.
        WorkflowError: an order about it is open already.
    """
    if not issues_orders_for(by, period):
        raise PermissionDenied
    plan = AnnualPlan.objects.select_for_update().get(pk=period.plan_id)
    found = missing_of(
        period, today=clock.today(), organisations=Organisation.objects.filter(pk=organisation.pk)
    )
    if not found or found[0].state != DataState.LATE:
        raise ValidationError(_("This return is not late (any more); there is nothing to order."))
    check_demand(demand, answer_due_on)
    orders = SupervisionOrder.objects.filter(plan=plan)
    own = orders.filter(period=period, organisation=organisation, subject=OrderSubject.RETURN)
    if own.filter(closed_on__isnull=True).exists():
        raise WorkflowError(_("A supervision order about this return is open already."))
    order = SupervisionOrder.objects.create(
        plan=plan,
        number=next_number(plan),
        period=period,
        organisation=organisation,
        evidence="\n".join(evidence_of(found[0], period)),
        demand=demand.strip(),
        answer_due_on=answer_due_on,
        issued_by=by,
        issued_on=clock.today(),
    )
    notices_give([Told(NoticeKind.ORDER, organisation.pk, period, order=order, due_on=answer_due_on, by=by)])
    return order


def next_number(plan: AnnualPlan) -> int:
    """Return the number of the plan's next order; the caller has locked the plan's row."""
    return (SupervisionOrder.objects.filter(plan=plan).aggregate(last=Max("number"))["last"] or 0) + 1


def check_demand(demand: str, answer_due_on: dt.date) -> None:
    """Raise ValidationError unless something is asked, without personal numbers, by a day to come."""
    if not demand.strip():
        raise ValidationError({"demand": _("Say what is asked.")})
    try:
        check_words(demand, limit=LONGEST)
    except Unreadable as refusal:
        raise ValidationError({"demand": refusal.message}) from refusal
    if answer_due_on < clock.today():
        raise ValidationError({"answer_due_on": _("The date lies in the past.")})


@transaction.atomic
def order_close(*, order: SupervisionOrder, note: str, by: User) -> SupervisionOrder:
    """Close an order, saying how it was settled.

    Raises:
        PermissionDenied: unless `by` is a leader, an administrator or the deputy director in charge.
        ValidationError: nothing is said.
        WorkflowError: it is closed, not answered, or `by` answered it.
    """
    current = SupervisionOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    if not closes_order(by, current):
        raise PermissionDenied
    if current.closed_on is not None:
        raise WorkflowError(_("This order is closed already."))
    if current.subject != OrderSubject.RETURN and not current.reply:
        raise WorkflowError(_("The office has not answered yet; an order is closed upon its answer."))
    if current.replied_by_id == by.pk:
        raise WorkflowError(_("Whoever answered an order does not close it."))
    if not note.strip():
        raise ValidationError({"note": _("Say how it was settled.")})
    current.closed_by, current.closed_on, current.closing_note = by, clock.today(), note.strip()[:300]
    current.save(update_fields=["closed_by", "closed_on", "closing_note"])
    order.refresh_from_db()
    return order
