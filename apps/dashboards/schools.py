"""What the pages of schools read; a constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from apps.accounts.models import User
from apps.collection.models import Submission
from apps.core import clock
from apps.dashboards import selectors, units
from apps.dashboards.school_tables import Standing, standings_of
from apps.dashboards.selectors import Scope
from apps.organisations.models import Organisation, OrganisationEvent, SchoolProfile, SchoolStage
from apps.plans import formulas
from apps.plans.models import AnnualPlan

PAGE_SIZE = 50


def schools_for(user: User) -> QuerySet[Organisation]:
    """Return the schools the reader may open: all of the region, or the own one."""
    return Organisation.objects.visible_to(user).schools()


def search(user: User, wanted: str, number: str | None) -> Page[Any]:
    """Return a page of schools found by a present or former name or by code, with their current profile."""
    current = SchoolProfile.objects.filter(organisation=OuterRef("pk"), valid_to__isnull=True)
    found = schools_for(user).annotate(
        school_type=Subquery(current.values("school_type")[:1]),
        ownership=Subquery(current.values("ownership")[:1]),
        setting=Subquery(current.values("setting")[:1]),
    )
    if wanted:
        named = Q(name__icontains=wanted) | Q(code__startswith=wanted)
        former = SchoolProfile.objects.filter(name__icontains=wanted).values("organisation_id")
        found = found.filter(named | Q(pk__in=former))
    return Paginator(found.order_by("sort_key", "code"), PAGE_SIZE).get_page(number)


def with_history(user: User) -> QuerySet[Organisation]:
    """Return the schools the reader may open with their profiles, stages and events."""
    return schools_for(user).prefetch_related(
        Prefetch("profiles", SchoolProfile.objects.order_by("-valid_from")),
        Prefetch("stages", SchoolStage.objects.order_by("stage")),
        Prefetch("events", OrganisationEvent.objects.select_related("successor").order_by("-happened_on")),
        Prefetch(
            "predecessor_events",
            OrganisationEvent.objects.select_related("organisation").order_by("-happened_on"),
        ),
    )


@dataclass(frozen=True)
class Predecessor:
    """A school merged into another: when, and its figures of the last quarter that it saw the end of."""

    school: Organisation
    on: dt.date
    quarter: int | None
    standings: Sequence[Standing]


@dataclass(frozen=True)
class SchoolPage:
    """One school in one quarter; `scope` is None while there is no plan."""

    school: Organisation
    today: dt.date
    scope: Scope | None
    standings: Sequence[Standing]
    submissions: Sequence[Submission]
    predecessors: Sequence[Predecessor] = ()

    @property
    def successor(self) -> Organisation | None:
        """The school it was merged into."""
        return next((event.successor for event in self.school.events.all() if event.successor), None)

    @property
    def profile(self) -> SchoolProfile | None:
        """What the school is now, or was last."""
        return next(iter(self.school.profiles.all()), None)

    @property
    def stages(self) -> list[str]:
        """The stages it teaches on the business date, in words."""
        return [
            str(row.get_stage_display())
            for row in self.school.stages.all()
            if row.valid_from <= self.today and (row.valid_to is None or row.valid_to > self.today)
        ]


def school_page(user: User, school: Organisation, *, quarter: int | None) -> SchoolPage:
    """Return a school's page: its figures of the newest plan's quarter and its returns."""
    plan = AnnualPlan.objects.visible_to(user).select_related("region", "policy").order_by("-year").first()
    scope = _scope(user, plan, school, quarter) if plan else None
    returns = Submission.objects.visible_to(user).filter(organisation=school).select_related("period__plan")
    return SchoolPage(
        school=school,
        today=clock.today(),
        scope=scope,
        standings=_standings(scope, school) if scope else [],
        submissions=list(returns.order_by("-period__ends_on").distinct()),
        predecessors=_predecessors(scope, school),
    )


def _scope(user: User, plan: AnnualPlan, school: Organisation, quarter: int | None) -> Scope:
    """A closed school is shown in the last quarter that it saw the end of, unless another is asked for."""
    scope = selectors.scope_of(user, plan=plan, quarter=quarter)
    last = _last_quarter(scope, school.closed_on)
    if quarter is not None or last is None or last >= scope.quarter:
        return scope
    return replace(scope, quarter=last)


def _last_quarter(scope: Scope, closed_on: dt.date | None) -> int | None:
    """Return the last quarter of the plan that a school closed on a day saw the end of; None without one."""
    if closed_on is None:
        return None
    return max((one for one, period in scope.periods.items() if period.ends_on < closed_on), default=None)


def _predecessors(scope: Scope | None, school: Organisation) -> list[Predecessor]:
    """People of a school read which schools came to it, the bureau also what those had reported."""
    found = []
    for event in school.predecessor_events.all():
        last = _last_quarter(scope, event.happened_on) if scope else None
        standings = []
        if scope is not None and last is not None and not scope.user.is_school_member:
            standings = _standings(replace(scope, quarter=last), event.organisation)
        found.append(Predecessor(event.organisation, event.happened_on, last, standings))
    return found


def _standings(scope: Scope, school: Organisation) -> list[Standing]:
    """What the school's kind alone decides (the share of public ones) says nothing about the school."""
    indicators = {
        indicator.pk: indicator
        for indicator in selectors.indicators_in(scope)
        if not formulas.parse(indicator.numerator).attributes
    }
    everyone = units.load(
        plan=scope.plan,
        indicator_ids=list(indicators),
        quarter=scope.quarter,
        threshold=scope.viewer.threshold,
        open_for=school.pk if scope.user.organisation_id == school.pk else None,
    )
    own = [unit for unit in everyone if unit.organisation_id == school.pk]
    others = [unit for unit in everyone if not unit.is_hidden]
    return standings_of(own, others, indicators)
