"""Reminders of measures: by the same steps, days, hours and messages as those of returns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.chasing.dispatching import emails_queue, robots_queue
from apps.collection.chasing.due_measures import DueMeasure, measures_due, periods_by_quarter, quarter_of
from apps.collection.chasing.enums import NoticeKind
from apps.collection.chasing.notices import Told, notices_give
from apps.collection.chasing.permissions import chases_for
from apps.collection.chasing.policies import policy_of
from apps.collection.chasing.sending import send_after_commit
from apps.collection.chasing.steps import Step, step_on, steps_of
from apps.collection.chasing.wording import measures_digest
from apps.collection.facts import check_words
from apps.collection.models import ChasePolicy, Notice, Period
from apps.core import clock
from apps.core.typed import Unreadable
from apps.plans.models import AnnualPlan


def days_ahead(policy: ChasePolicy) -> int:
    """Return how long before its date a measure is looked at: free days may bring a reminder forward."""
    return max(policy.days_before, default=0) + 14


@transaction.atomic
def measures_run(plan: AnnualPlan, policy: ChasePolicy, exceptions: Mapping[dt.date, bool]) -> int:
    """Give the reminders of measures whose day has come; the caller has looked at the hour and the day."""
    today = clock.today()
    come: list[tuple[Step, DueMeasure]] = []
    for one in measures_due(plan, today=today, days_ahead=days_ahead(policy)):
        steps = steps_of(
            one.due_on, before=policy.days_before, after=policy.days_after, exceptions=exceptions
        )
        if step := step_on(steps, today, due_on=one.due_on):
            come.append((step, one))
    return len(_tell(plan, come))


def _tell(
    plan: AnnualPlan,
    come: Sequence[tuple[Step, DueMeasure]],
    *,
    text: str = "",
    by: User | None = None,
    to_groups: bool = True,
) -> list[Notice]:
    periods = periods_by_quarter(plan)
    known = [(step, one, periods.get(quarter_of(one.due_on))) for step, one in come]
    told = [_told(step, one, period, text, by) for step, one, period in known if period is not None]
    people = {one.measure.lead_office_id: list(one.people) for _step, one in come}
    given = notices_give(told, people=people)
    if not given:
        return given
    queued = emails_queue(given)
    if to_groups:
        new = {(notice.measure_id, notice.measure_step_id) for notice in given}
        rows = [one for _step, one in come if (one.measure.pk, one.step.pk if one.step else None) in new]
        subject, body = measures_digest(plan, rows)
        step = f"measures-{clock.today():%m%d}"
        queued += robots_queue(period=given[0].period, step=step, subject=subject, body=body)
    if queued:
        send_after_commit()
    return given


def _told(step: Step, one: DueMeasure, period: Period, text: str, by: User | None) -> Told:
    return Told(
        NoticeKind.MEASURE_LATE if one.is_overdue else NoticeKind.MEASURE,
        one.measure.lead_office_id,
        period,
        step=f"{one.key}:{step.name}",
        text=text,
        due_on=one.due_on,
        measure=one.measure,
        measure_step=one.step,
        by=by,
    )


def measures_remind(
    *, plan: AnnualPlan, period: Period, chosen: Collection[str] | None, by: User, text: str = ""
) -> tuple[list[Notice], list[DueMeasure]]:
    """Remind the offices of measures that are due or overdue, now and by a person's hand, once a day each.

    Args:
        period: any quarter of the plan, for the right to chase in its region.
        chosen: the keys (`DueMeasure.key`) of those to remind; None for all that are overdue.

    Returns:
        the notices given, and what is due from an office without anybody who could be told.

    Raises:
        PermissionDenied: `by` does not chase in the plan's region.
        ValidationError: nothing of the chosen is due, or the words hold a personal number.
    """
    if not chases_for(by, period):
        raise PermissionDenied
    try:
        check_words(text)
    except Unreadable as refusal:
        raise ValidationError(refusal.message) from refusal
    today = clock.today()
    rows = measures_due(plan, today=today, days_ahead=days_ahead(policy_of(plan)))
    rows = [one for one in rows if (one.is_overdue if chosen is None else one.key in chosen)]
    if not rows:
        raise ValidationError(_("None of those is due (any more); nobody was reminded."))
    step = Step(f"by-hand-{today:%Y%m%d}", today, False)
    with transaction.atomic():
        given = _tell(plan, [(step, one) for one in rows], text=text.strip(), by=by, to_groups=False)
    return given, [one for one in rows if not one.people]
