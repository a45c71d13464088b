"""Reminders: those that come by themselves with their day, and those that a person sends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.chasing.dispatching import emails_queue, robots_queue
from apps.collection.chasing.enums import NoticeKind
from apps.collection.chasing.measure_reminding import measures_run
from apps.collection.chasing.missing import Missing, missing_of
from apps.collection.chasing.notices import Told, notices_give
from apps.collection.chasing.permissions import chases_for
from apps.collection.chasing.policies import exceptions_of, policy_of
from apps.collection.chasing.sending import send_after_commit
from apps.collection.chasing.steps import Step, step_on, steps_of
from apps.collection.chasing.wording import digest_text
from apps.collection.chasing.workdays import is_quiet, is_workday
from apps.collection.facts import check_words
from apps.collection.models import ChasePolicy, Notice, Period
from apps.core import clock
from apps.core.typed import Unreadable
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan


def reminders_run(*, now: dt.time | None = None) -> int:
    """Send the reminders whose day has come, plan by plan; return how many notices were given.

    Args:
        now: time of day, the wall clock's when not given. Nothing goes out in quiet hours or on free days.
    """
    time = timezone.localtime().time() if now is None else now
    with clock.held_at(clock.read_date()), translation.override(settings.LANGUAGE_CODE):
        return sum(plan_remind(plan=plan, now=time) for plan in AnnualPlan.objects.all())


def plan_remind(*, plan: AnnualPlan, now: dt.time) -> int:
    """Give a plan's reminders whose day has come by the business date; return how many notices."""
    today = clock.today()
    policy, exceptions = policy_of(plan), exceptions_of(plan.region_id)
    quiet = is_quiet(now, quiet_from=policy.quiet_from, quiet_until=policy.quiet_until)
    if not policy.is_on or quiet or not is_workday(today, exceptions):
        return 0
    begun = plan.periods.filter(opens_on__lte=today, closes_on__gte=today).select_related("plan")
    given = sum(_period_run(period, policy, exceptions) for period in begun)
    return given + measures_run(plan, policy, exceptions)


@transaction.atomic
def _period_run(period: Period, policy: ChasePolicy, exceptions: Mapping[dt.date, bool]) -> int:
    today = clock.today()
    missing = missing_of(period, today=today)
    come: dict[str, tuple[Step, list[Missing]]] = {}
    for one in missing:
        steps = steps_of(
            one.due_on, before=policy.days_before, after=policy.days_after, exceptions=exceptions
        )
        if step := step_on(steps, today, due_on=one.due_on):
            come.setdefault(step.name, (step, []))[1].append(one)
    return sum(len(_tell(period, step, rows)) for step, rows in come.values())


def _tell(
    period: Period,
    step: Step,
    rows: list[Missing],
    *,
    text: str = "",
    by: User | None = None,
    to_groups: bool = True,
) -> list[Notice]:
    """Give the notices of a step; groups are told of everybody at once, never of a single school."""
    told = [
        Told(
            NoticeKind.OVERDUE if clock.today() > one.due_on else NoticeKind.REMINDER,
            one.organisation.pk,
            period,
            step=step.name,
            text=text,
            due_on=one.due_on,
            by=by,
        )
        for one in rows
    ]
    given = notices_give(told, people={one.organisation.pk: list(one.people) for one in rows})
    if given:
        queued = emails_queue(given)
        if to_groups:
            subject, body = digest_text(period, rows)
            queued += robots_queue(period=period, step=step.name, subject=subject, body=body)
        if queued:
            send_after_commit()
    return given


def reminders_send(
    *,
    period: Period,
    organisations: QuerySet[Organisation],
    chosen: Collection[int] | None,
    by: User,
    text: str = "",
) -> tuple[list[Notice], list[Missing]]:
    """Remind those of `organisations` whose return is missing, now and by a person's hand.

    Each of their people gets at most one such reminder a day, whoever sends it.

    Args:
        organisations: whom `by` may see.
        chosen: ids of those to remind; None for all that are missing.

    Returns:
        the notices given, and those without anybody who could be told (call them).

    Raises:
        PermissionDenied: `by` does not chase in the plan's region.
        ValidationError: nobody of the chosen is missing, or the words hold a personal number.
    """
    if not chases_for(by, period):
        raise PermissionDenied
    try:
        check_words(text)
    except Unreadable as refusal:
        raise ValidationError(refusal.message) from refusal
    with transaction.atomic():
        rows = missing_of(period, today=clock.today(), organisations=organisations)
        rows = [one for one in rows if chosen is None or one.organisation.pk in chosen]
        if not rows:
            raise ValidationError(_("None of those is missing (any more); nobody was reminded."))
        step = Step(f"by-hand-{clock.today():%Y%m%d}", clock.today(), False)
        given = _tell(period, step, rows, text=text.strip(), by=by, to_groups=chosen is None)
    return given, [one for one in rows if not one.people]
