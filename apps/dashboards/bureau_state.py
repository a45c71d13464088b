"""What the bureau's administrator watches: periods, accounts, targets, and whether results are up to date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef, Q

from apps.accounts.models import User
from apps.collection.models import Period
from apps.plans.models import AnnualPlan, Indicator, TargetRevision
from apps.rollups.models import RebuildRun, StaleResult


@dataclass(frozen=True)
class PeriodState:
    """A period and where it stands: not open yet, open, overdue for the late, closed."""

    period: Period
    state: str


def period_states(plan: AnnualPlan, *, today: dt.date) -> list[PeriodState]:
    """Return the plan's periods with their state on `today`."""
    return [
        PeriodState(period, _state(period, today))
        for period in Period.objects.filter(plan=plan).order_by("quarter")
    ]


def _state(period: Period, today: dt.date) -> str:
    if today < period.opens_on:
        return "ahead"
    if today <= period.due_on:
        return "open"
    return "late" if today <= period.closes_on else "closed"


def account_counts(user: User) -> dict[str, int]:
    """Return how many accounts the administrator has, how many are active, and how many never logged in."""
    return User.objects.visible_to(user).aggregate(
        total=Count("pk"),
        active=Count("pk", filter=Q(is_active=True)),
        never=Count("pk", filter=Q(is_active=True, last_login__isnull=True)),
    )


@dataclass(frozen=True)
class TargetCounts:
    """How many targets are in force, proposed and waiting for the bureau, or empty."""

    confirmed: int
    proposed: int
    empty: int

    @property
    def is_complete(self) -> bool:
        return not (self.proposed or self.empty)


def target_counts(user: User, plan: AnnualPlan) -> TargetCounts:
    """Count the targets of the indicators that the user may know of, whatever their tier (one query)."""
    revisions = TargetRevision.objects.filter(target__indicator=OuterRef("pk"))
    indicators = Indicator.objects.visible_to(user).filter(plan=plan)
    rows = indicators.annotate(
        has_any=Exists(revisions), has_confirmed=Exists(revisions.filter(confirmed_on__isnull=False))
    ).values_list("has_any", "has_confirmed")
    states = list(rows)
    return TargetCounts(
        confirmed=sum(has_confirmed for _any, has_confirmed in states),
        proposed=sum(has_any and not has_confirmed for has_any, has_confirmed in states),
        empty=sum(not has_any for has_any, _confirmed in states),
    )


@dataclass(frozen=True)
class Health:
    """The outbox of results still to be computed, and the last full rebuild."""

    n_stale: int
    oldest_stale: dt.datetime | None
    rebuild: RebuildRun | None

    @property
    def differences(self) -> Sequence[object]:
        return self.rebuild.differences if self.rebuild else ()


def health_of(plan: AnnualPlan) -> Health:
    """Return the state of the plan's results (2 queries)."""
    stale = StaleResult.objects.filter(period__plan=plan).aggregate(
        count=Count("pk"), oldest=Min("created_at")
    )
    rebuild = RebuildRun.objects.filter(plan=plan, finished_at__isnull=False).first()
    return Health(n_stale=stale["count"], oldest_stale=stale["oldest"], rebuild=rebuild)
