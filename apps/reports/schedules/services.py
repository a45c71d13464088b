"""Schedules: set by an administrator, run by the beat; each recipient gets each occasion at most once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import manages_settings
from apps.collection.chasing.dispatching import emails_queue
from apps.collection.chasing.notices import report_notice_give
from apps.collection.chasing.reminding import send_after_commit
from apps.collection.models import Period
from apps.core import clock
from apps.core.jobs.enums import JobState
from apps.core.jobs.kinds import kind_of, knows
from apps.core.jobs.services import job_request
from apps.dashboards.selectors import last_ended_quarter
from apps.plans.models import AnnualPlan
from apps.reports.jobs.parameters import Occasion
from apps.reports.jobs.registry import report_by_kind
from apps.reports.releases.models import Release
from apps.reports.schedules.enums import When
from apps.reports.schedules.models import ReportDelivery, ReportSchedule


@transaction.atomic
def schedule_save(
    *,
    by: User,
    kind: str,
    reach: str,
    when: str,
    day: int | None,
    recipients: Collection[User],
    schedule: ReportSchedule | None = None,
) -> ReportSchedule:
    """Set a schedule; what happened before today is never sent.

    Raises:
        PermissionDenied: `by` does not manage the settings of its region.
        ValidationError: no recipient, one of another region, or a report that is not known.
    """
    row = schedule or ReportSchedule(region=by.region, created_by=by)
    if not manages_settings(by) or row.region_id != by.region_id:
        raise PermissionDenied
    if report_by_kind(kind) is None:
        raise ValidationError({"kind": _("This kind of file is no longer made.")})
    if not recipients or any(user.region_id != by.region_id for user in recipients):
        raise ValidationError({"recipients": _("Choose at least one person of the bureau.")})
    row.kind, row.reach, row.when = kind, reach, when
    row.day = day if when == When.MONTHLY else None
    row.since, row.since_at = clock.today(), timezone.now()
    row.full_clean(exclude=["recipients"])
    row.save()
    row.recipients.set(recipients)
    return row


def schedule_switch(*, schedule: ReportSchedule, is_on: bool, by: User) -> ReportSchedule:
    """Switch a schedule off or on; what was missed meanwhile is not sent (raises as `schedule_save`)."""
    if not manages_settings(by) or schedule.region_id != by.region_id:
        raise PermissionDenied
    if is_on and not schedule.is_on:
        schedule.since, schedule.since_at = clock.today(), timezone.now()
    schedule.is_on = is_on
    schedule.save(update_fields=["is_on", "since", "since_at"])
    return schedule


def schedules_run() -> int:
    """Ask for the reports whose occasion has come, tell of those that are ready; return how many asked."""
    with clock.held_at(clock.read_date()), translation.override(settings.LANGUAGE_CODE):
        asked = 0
        for schedule in ReportSchedule.objects.filter(is_on=True).select_related("region"):
            for name, occasion in occasions_of(schedule, clock.today()):
                asked += _deliver(schedule, name, occasion)
        deliveries_tell()
    return asked


def occasions_of(schedule: ReportSchedule, today: dt.date) -> Iterator[tuple[str, Occasion]]:
    """Yield the occasions of a schedule that have come since it was set, by name."""
    releases = Release.objects.filter(plan__region=schedule.region_id).defer("content").select_related("plan")
    if schedule.when == When.RELEASE:
        for release in releases.filter(released_at__gte=schedule.since_at).order_by("pk"):
            occasion = Occasion(release.plan, release.quarter, release, schedule.reach)
            yield f"release:{release.pk}", occasion
        return
    day = today.replace(day=schedule.day or 1)
    plan = AnnualPlan.objects.filter(region=schedule.region_id, year=today.year).first()
    if plan is None or not schedule.since <= day <= today:
        return
    quarter = last_ended_quarter(plan.periods.all(), today=today)
    newest = releases.filter(plan=plan).order_by("-quarter", "-version").first()
    yield f"month:{day:%Y-%m}", Occasion(plan, quarter, newest, schedule.reach)


def _deliver(schedule: ReportSchedule, name: str, occasion: Occasion) -> int:
    had = schedule.deliveries.filter(occasion=name).values("user")
    people = schedule.recipients.filter(is_active=True).exclude(pk__in=had)
    return sum(_deliver_to(user, schedule, name, occasion) for user in people.order_by("pk"))


@transaction.atomic
def _deliver_to(user: User, schedule: ReportSchedule, name: str, occasion: Occasion) -> bool:
    """Claim the occasion for a recipient, then ask for the report in that person's name."""
    quarter = occasion.release.quarter if occasion.release else occasion.quarter
    period = Period.objects.get(plan=occasion.plan, quarter=quarter)
    delivery, is_new = ReportDelivery.objects.get_or_create(
        schedule=schedule, user=user, occasion=name, defaults={"period": period}
    )
    if not is_new:
        return False
    report = report_by_kind(schedule.kind)
    parameters = report.form.scheduled(user, occasion) if report else None
    try:
        if parameters is None:
            delivery.problem = _("Nothing was released that this report could be made of.")
        else:
            delivery.job = job_request(kind=schedule.kind, parameters=parameters, by=user)
    except PermissionDenied:
        delivery.problem = _("Its content is not for this person.")
    delivery.save(update_fields=["job", "problem"])
    return delivery.job is not None


def deliveries_tell() -> int:
    """Tell the recipients whose report is ready, in the platform and by e-mail; return how many."""
    ready = ReportDelivery.objects.filter(told_at__isnull=True, problem="", job__state=JobState.DONE)
    return sum(_tell(pk) for pk in list(ready.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _tell(pk: int) -> bool:
    """Claim before telling: whoever gets the row tells, once."""
    if not ReportDelivery.objects.filter(pk=pk, told_at__isnull=True).update(told_at=timezone.now()):
        return False
    delivery = ReportDelivery.objects.select_related("user", "job", "period__plan").get(pk=pk)
    job = delivery.job
    if job is None or not knows(job.kind):
        return False
    notice = report_notice_give(
        user=delivery.user,
        period=delivery.period,
        text=kind_of(job.kind).title(job.parameters),
        link=reverse("reports:job", args=[job.pk]),
        step=f"report-{pk}",
    )
    if notice is not None and emails_queue([notice]):
        send_after_commit()
    return True
