"""Notices: what people are told inside the platform, and the count of unread ones that every page shows."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.collection.chasing.enums import NoticeKind
from apps.collection.models import Notice, Period, SupervisionOrder
from apps.core import clock
from apps.plans.models import Measure, MeasureStep

REPORTING = (Role.REPORTER, Role.PRINCIPAL, Role.OFFICE)


@dataclass(frozen=True)
class Told:
    """What one organisation is told. `step` (when given) reaches each of its people at most once."""

    kind: NoticeKind
    organisation_id: int
    period: Period
    step: str = ""
    text: str = ""
    due_on: dt.date | None = None
    order: SupervisionOrder | None = None
    measure: Measure | None = None
    measure_step: MeasureStep | None = None
    by: User | None = None


def recipients(organisations: Collection[int]) -> dict[int, list[User]]:
    """Return the people who report for each organisation (1 query); who has none is missing."""
    people = User.objects.filter(organisation__in=organisations, role__in=REPORTING, is_active=True)
    found: dict[int, list[User]] = defaultdict(list)
    for user in people.order_by("pk"):
        if user.organisation_id:
            found[user.organisation_id].append(user)
    return dict(found)


@transaction.atomic
def notices_give(told: Sequence[Told], *, people: dict[int, list[User]] | None = None) -> list[Notice]:
    """Tell everybody who reports for these organisations; return the notices that are new.

    A step that a person has had already is left out by the database, also when two run at once.
    """
    people = recipients({one.organisation_id for one in told}) if people is None else people
    before = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    rows = [_notice(one, user) for one in told for user in people.get(one.organisation_id, [])]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    users = {row.user_id for row in rows}
    unread_recount(users)
    return list(_just_given(rows, since=before))


@transaction.atomic
def report_notice_give(
    *,
    user: User,
    period: Period,
    text: str,
    link: str,
    step: str,
    kind: NoticeKind = NoticeKind.REPORT,
) -> Notice | None:
    """Tell one person of a report, that it is there unless said otherwise, at most once a step.

    None when it was told before.
    """
    notice = Notice(
        user=user,
        kind=kind,
        period=period,
        text=text[:500],
        link=link,
        step=step,
        on=clock.today(),
    )
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
    unread_recount([user.pk])
    own = Notice.objects.filter(user=user, organisation=None, period=period, step=step)
    untold = own.filter(dispatch=None).select_related("user", "organisation", "period__plan")
    return untold.first()


def _notice(told: Told, user: User) -> Notice:
    return Notice(
        user=user,
        kind=told.kind,
        organisation_id=told.organisation_id,
        period=told.period,
        order=told.order,
        measure=told.measure,
        measure_step=told.measure_step,
        step=told.step,
        due_on=told.due_on,
        text=told.text[:500],
        by=told.by,
        on=clock.today(),
    )


def _just_given(rows: Sequence[Notice], *, since: int) -> Iterable[Notice]:
    """Read back what was written: with conflicts ignored, the database does not say which rows are new."""
    wanted = {(row.user_id, row.organisation_id, row.period_id, row.step, row.kind) for row in rows}
    found = Notice.objects.filter(pk__gt=since, user__in={row.user_id for row in rows})
    about = ("user", "organisation", "period__plan", "measure", "measure_step")
    for notice in found.select_related(*about).order_by("pk"):
        key = (notice.user_id, notice.organisation_id, notice.period_id, notice.step, notice.kind)
        if key in wanted:
            yield notice


def unread_recount(users: Collection[int]) -> None:
    """Bring the stored count of unread notices in line (1 statement)."""
    unread = Notice.objects.filter(user=OuterRef("pk"), read_at__isnull=True).order_by()
    count = unread.values("user").annotate(count=Count("pk")).values("count")
    User.objects.filter(pk__in=users).update(
        unread_notices=Coalesce(Subquery(count, output_field=IntegerField()), 0)
    )


@transaction.atomic
def notices_read(*, by: User, notices: Iterable[Notice] | None = None) -> int:
    """Mark notices of `by` as read, all unread ones when none are named; return how many were unread."""
    own = Notice.objects.filter(user=by).unread()
    if notices is not None:
        named = list(notices)
        if any(notice.user_id != by.pk for notice in named):
            raise PermissionDenied
        own = own.filter(pk__in=[notice.pk for notice in named])
    count = own.update(read_at=timezone.now())
    unread_recount([by.pk])
    return count
