"""The desk of whoever chases: who is missing, what was sent to whom, what failed, who is to be supervised."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from apps.accounts.models import User
from apps.collection.chasing import email
from apps.collection.chasing.enums import DispatchState
from apps.collection.chasing.missing import TO_CHASE, Missing, missing_of
from apps.collection.chasing.orders import Suggestion, suggestions_of
from apps.collection.chasing.policies import policy_of
from apps.collection.enums import DataState
from apps.collection.models import ChasePolicy, Dispatch, Notice, Period, Robot, SupervisionOrder
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan

UNSETTLED = (DispatchState.FAILED, DispatchState.UNCERTAIN)


@dataclass(frozen=True)
class Choice:
    """Which of the missing are shown; what is unknown counts as not asked."""

    state: str = ""
    kind: str = ""
    text: str = ""

    @classmethod
    def read(cls, data: Mapping[str, str]) -> Choice:
        state, kind = data.get("state", ""), data.get("kind", "")
        return cls(
            state=state if state in TO_CHASE else "",
            kind=kind if kind in ("school", "office") else "",
            text=data.get("q", "").strip()[:60],
        )

    def fits(self, missing: Missing) -> bool:
        organisation = missing.organisation
        name = f"{organisation.name} {organisation.name_en} {organisation.code}".casefold()
        return (
            self.state in ("", missing.state)
            and self.kind in ("", organisation.kind)
            and self.text.casefold() in name
        )


@dataclass(frozen=True)
class Desk:
    """All of the chasing page for one quarter."""

    period: Period
    periods: Sequence[Period]
    policy: ChasePolicy
    choice: Choice
    every: Sequence[Missing]
    suggestions: Sequence[Suggestion]
    orders: Sequence[SupervisionOrder]
    unsettled: Sequence[Dispatch]
    sent: Mapping[str, int]
    n_robots: int

    @property
    def rows(self) -> list[Missing]:
        return [one for one in self.every if self.choice.fits(one)]

    @property
    def n_late(self) -> int:
        return sum(one.state == DataState.LATE for one in self.every)

    @property
    def n_returned(self) -> int:
        return sum(one.state == DataState.RETURNED for one in self.every)

    @property
    def unreachable(self) -> list[Missing]:
        """Those without any account: somebody has to telephone."""
        return [one for one in self.every if not one.people]

    @property
    def mails(self) -> bool:
        return email.is_configured()


def plan_of(user: User, today: dt.date) -> AnnualPlan | None:
    """Return the plan of the business year in the user's own region, else the newest one."""
    plans = AnnualPlan.objects.filter(region=user.region_id).order_by("-year")
    return plans.filter(year=today.year).first() or plans.first()


def period_of(plan: AnnualPlan, quarter: str, today: dt.date) -> Period | None:
    """Return the asked quarter, else the last one that has opened, else the first."""
    periods = list(plan.periods.select_related("plan").order_by("quarter"))
    asked = [period for period in periods if str(period.quarter) == quarter]
    begun = [period for period in periods if period.opens_on <= today]
    return next(iter(asked or begun[-1:] or periods), None)


def desk_of(user: User, period: Period, choice: Choice, *, today: dt.date) -> Desk:
    """Return the desk (a constant number of queries)."""
    seen = Organisation.objects.visible_to(user)
    missing = missing_of(period, today=today, organisations=seen)
    dispatches = Dispatch.objects.filter(period=period)
    sent: Counter[str] = Counter(dict(dispatches.order_by().values_list("state").annotate(count=Count("pk"))))
    orders = SupervisionOrder.objects.filter(period=period)
    return Desk(
        period=period,
        periods=list(period.plan.periods.order_by("quarter")),
        policy=policy_of(period.plan),
        choice=choice,
        every=missing,
        suggestions=suggestions_of(period, today=today, missing=missing),
        orders=list(orders.select_related("organisation", "issued_by").order_by("closed_on", "-pk")),
        unsettled=list(
            dispatches.filter(state__in=UNSETTLED)
            .select_related("notice__user", "notice__organisation", "robot")
            .order_by("pk")
        ),
        sent=sent,
        n_robots=Robot.objects.filter(region=period.plan.region_id, is_active=True).count(),
    )


def log_of(user: User, period: Period) -> QuerySet[Notice]:
    """Return every notice about a period with its e-mail, the newest first."""
    return (
        Notice.objects.filter(period=period, organisation__in=Organisation.objects.visible_to(user))
        .select_related("user", "organisation", "measure", "measure_step", "by", "dispatch")
        .order_by("-pk")
    )
