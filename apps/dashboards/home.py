"""The home page of each role: what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.core import clock
from apps.dashboards import bureau_state, duties, pages, selectors
from apps.dashboards.measures import tally_of
from apps.dashboards.overview import belongs_to
from apps.dashboards.selectors import Scope
from apps.plans.models import AnnualPlan
from apps.reviews.models import FieldReturn

MOST_SHOWN = 5
Builder = Callable[[User, Scope], dict[str, Any]]


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show the home page of the user's role."""
    user: Any = request.user
    plan = plan_in_force(user)
    if user.role == Role.AUDITOR:
        return redirect("dashboards:audit")
    if plan is None:
        return render(request, "home/no_plan.html")
    template, build = PAGES[Role(user.role)]
    scope = selectors.scope_of(user, plan=plan)
    return render(request, template, {"plan": plan, "scope": scope, **build(user, scope)})


def plan_in_force(user: User) -> AnnualPlan | None:
    """Return the plan of the business year that the user may see, else the newest one."""
    plan = selectors.plan_of(user, year=clock.today().year)
    if plan is not None:
        return plan
    newest = AnnualPlan.objects.visible_to(user).order_by("-year").values_list("year", flat=True).first()
    return selectors.plan_of(user, year=newest) if newest else None


def school_page(user: User, scope: Scope) -> dict[str, Any]:
    """What a reporter or a principal has to do: the returns, and the facts sent back with their reasons."""
    return {**_own_returns(user, scope), "sign_off": scope.plan.policy.principal_sign_off}


def office_page(user: User, scope: Scope) -> dict[str, Any]:
    """What office staff have to do: reviews, own figures, late schools."""
    return {
        **_own_returns(user, scope),
        "waiting": duties.reviews_waiting_for(user),
        "measures": tally_of(user, scope.plan),
        "late": duties.late_counts(user, plan=scope.plan, today=clock.today()),
    }


def deputy_page(user: User, scope: Scope) -> dict[str, Any]:
    """The areas a deputy director leads with their lights, and the reviews that wait for a decision."""
    page = pages.overview_page(scope)
    led = set(user.offices_led.values_list("pk", flat=True))
    rows = [
        row
        for row in page.overview.rows
        if row.area.lead_leader_id == user.pk or row.area.lead_office_id in led
    ]
    return {
        "rows": rows,
        "attention": [
            item
            for item in page.overview.attention
            if any(belongs_to(item.reading.indicator, row.area) for row in rows)
        ],
        "waiting": duties.reviews_waiting_for(user),
        "measures": tally_of(user, scope.plan),
    }


def leader_page(user: User, scope: Scope) -> dict[str, Any]:
    """The state of the plan in one sentence, and what needs attention."""
    overview = pages.overview_page(scope).overview
    return {
        "overview": overview,
        "attention": overview.attention[:MOST_SHOWN],
        "n_more": max(len(overview.attention) - MOST_SHOWN, 0),
        "own_rows": [row for row in overview.rows if row.area.lead_leader_id == user.pk],
        "targets": bureau_state.target_counts(user, scope.plan),
    }


def administrator_page(user: User, scope: Scope) -> dict[str, Any]:
    """The machinery: periods, accounts, targets, and whether the results are up to date."""
    today = clock.today()
    return {
        "periods": bureau_state.period_states(scope.plan, today=today),
        "late": duties.late_counts(user, plan=scope.plan, today=today),
        "accounts": bureau_state.account_counts(user),
        "targets": bureau_state.target_counts(user, scope.plan),
        "health": bureau_state.health_of(scope.plan),
    }


def _own_returns(user: User, scope: Scope) -> dict[str, Any]:
    if user.organisation is None:
        return {"returns": [], "sent_back": []}
    returns = duties.returns_of(user.organisation, plan=scope.plan, today=clock.today())
    sent_back = FieldReturn.objects.filter(
        value__submission__organisation=user.organisation,
        value__submission__period__plan=scope.plan,
        resolved_at__isnull=True,
    ).select_related("value__element", "value__submission__period", "review__office")
    return {"returns": duties.now_first(returns), "sent_back": list(sent_back)}


PAGES: dict[Role, tuple[str, Builder]] = {
    Role.REPORTER: ("home/school.html", school_page),
    Role.PRINCIPAL: ("home/school.html", school_page),
    Role.OFFICE: ("home/office.html", office_page),
    Role.DEPUTY: ("home/deputy.html", deputy_page),
    Role.LEADER: ("home/leader.html", leader_page),
    Role.ADMINISTRATOR: ("home/administrator.html", administrator_page),
}
