"""What people still have to do: the returns of one organisation, reviews that wait, schools that are late."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.collection.due_dates import due_date, extended_dates
from apps.collection.enums import DataState, SubmissionStatus
from apps.collection.models import Assignment, DataValue, Period, Submission
from apps.collection.status import data_state
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan
from apps.reviews.enums import ReviewStatus
from apps.reviews.models import OfficeReview

NOT_ARRIVED = (SubmissionStatus.DRAFT, SubmissionStatus.SIGNING)
TO_DO = (DataState.LATE, DataState.RETURNED, DataState.DUE)


@dataclass(frozen=True)
class Return:
    """One organisation's return for one period: how far it is, how many facts it asks, has, and got back."""

    period: Period
    submission: Submission | None
    state: DataState
    n_asked: int
    n_filled: int
    n_returned: int
    due_on: dt.date
    today: dt.date

    @property
    def is_to_do(self) -> bool:
        return self.state in TO_DO

    @property
    def is_signing(self) -> bool:
        return self.submission is not None and self.submission.status == SubmissionStatus.SIGNING

    @property
    def sign(self) -> str:
        """The status for the light tag: waiting for the principal shows as such until it is late."""
        return SubmissionStatus.SIGNING if self.is_signing and self.state != DataState.LATE else self.state

    @property
    def days_left(self) -> int:
        """Days until the due date; negative when it is over."""
        return (self.due_on - self.today).days

    @property
    def days_late(self) -> int:
        return max(-self.days_left, 0)


def returns_of(organisation: Organisation, *, plan: AnnualPlan, today: dt.date) -> list[Return]:
    """Return the organisation's returns of the plan's periods that ask it anything, in order (6 queries)."""
    periods = list(Period.objects.filter(plan=plan).order_by("quarter"))
    extended = extended_dates(periods, organisations=[organisation.pk])
    submissions = {
        submission.period_id: submission
        for submission in Submission.objects.filter(organisation=organisation, period__plan=plan)
    }
    asked = _counts(
        Assignment.objects.filter(organisation=organisation, period__plan=plan, withdrawn_on__isnull=True),
        "period_id",
    )
    own = DataValue.objects.filter(submission__organisation=organisation, submission__period__plan=plan)
    written = Q(number__isnull=False) | Q(date__isnull=False) | ~Q(text="") | Q(not_applicable=True)
    filled = _counts(own.filter(written), "submission__period_id")
    returned = _counts(
        own.filter(returns__resolved_at__isnull=True, returns__isnull=False), "submission__period_id"
    )
    return [
        Return(
            period=period,
            submission=submissions.get(period.pk),
            state=data_state(
                assigned=True,
                status=submissions[period.pk].status if period.pk in submissions else None,
                period=period,
                today=today,
                due_on=(due_on := due_date(period, organisation.pk, extended)),
            ),
            n_asked=asked[period.pk],
            n_filled=min(filled.get(period.pk, 0), asked[period.pk]),
            n_returned=returned.get(period.pk, 0),
            due_on=due_on,
            today=today,
        )
        for period in periods
        if asked.get(period.pk)
    ]


def _counts(rows: QuerySet, by: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(by).annotate(count=Count("pk", distinct=True)))


def now_first(returns: Sequence[Return]) -> list[Return]:
    """Return what needs work first, then what was handed in, the newest first, then what is to come."""
    order = {DataState.RETURNED: 0, DataState.LATE: 1, DataState.DUE: 2, DataState.NOT_DUE: 4}

    def place(item: Return) -> tuple[int, int]:
        quarter = item.period.quarter
        return order.get(item.state, 3), quarter if item.state == DataState.NOT_DUE else -quarter

    return sorted(returns, key=place)


@dataclass(frozen=True)
class Waiting:
    """Reviews that wait for one person."""

    count: int
    oldest: dt.date | None
    of_offices: int

    @property
    def of_schools(self) -> int:
        return self.count - self.of_offices


def reviews_waiting_for(user: User) -> Waiting:
    """Return the reviews the user may decide that wait, with the oldest date (one query)."""
    found = (
        OfficeReview.objects.decidable_by(user)
        .filter(pk__in=OfficeReview.objects.visible_to(user).values("pk"), status=ReviewStatus.WAITING)
        .order_by()
        .values_list("waiting_since", "submission__organisation__kind")
    )
    rows = list(found)
    return Waiting(
        count=len(rows),
        oldest=min((since for since, _kind in rows), default=None),
        of_offices=sum(kind == "office" for _since, kind in rows),
    )


@dataclass(frozen=True)
class LateCount:
    """How many organisations have not sent their return of one period although it is overdue."""

    period: Period
    late: int
    owing: int


def late_counts(user: User, *, plan: AnnualPlan, today: dt.date) -> list[LateCount]:
    """Return the overdue periods with how many schools are late; for office staff those that owe it facts."""
    periods = Period.objects.filter(plan=plan, due_on__lt=today).order_by("-quarter")
    rows = Assignment.objects.filter(
        period__in=periods,
        withdrawn_on__isnull=True,
        organisation__in=Organisation.objects.schools().in_region_of(user),
    )
    if user.role == Role.OFFICE:
        rows = rows.filter(element__indicator_links__indicator__lead_office=user.organisation_id)
    arrived = Submission.objects.filter(period__in=periods).exclude(status__in=NOT_ARRIVED)
    here = set(arrived.values_list("period_id", "organisation_id"))
    here |= {key for key, due_on in extended_dates(periods).items() if due_on >= today}
    owing: dict[int, set[int]] = defaultdict(set)
    for period, organisation in rows.order_by().values_list("period_id", "organisation_id").distinct():
        owing[period].add(organisation)
    return [
        LateCount(
            period=period,
            owing=len(owing[period.pk]),
            late=sum((period.pk, organisation) not in here for organisation in owing[period.pk]),
        )
        for period in periods
        if period.pk in owing
    ]
