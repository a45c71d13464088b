"""Who chases, who extends, who issues supervision orders."""

from __future__ import annotations

from typing import Any

from apps.accounts.enums import Role
from apps.accounts.permissions import (
    has_role,
    is_administrator,
    is_deputy,
    is_leader,
    leads_office,
    predicate,
)
from apps.collection.chasing.enums import OrderSubject

chases = has_role(Role.OFFICE, Role.DEPUTY, Role.ADMINISTRATOR)
extends = has_role(Role.DEPUTY, Role.ADMINISTRATOR)
issues_orders = has_role(Role.DEPUTY, Role.LEADER, Role.ADMINISTRATOR)
sets_chasing = is_administrator


@predicate
def is_of_plan_region(user: Any, period: Any) -> bool:
    """The period's plan is one of the user's own region."""
    return period is not None and user.region_id == period.plan.region_id


@predicate
def answers_order(user: Any, order: Any) -> bool:
    """The user belongs to the school or office that the order was issued to."""
    return order is not None and user.organisation_id == order.organisation_id


@predicate
def is_in_charge_of_order(user: Any, order: Any) -> bool:
    """A deputy director may have this order closed.

    A late return concerns every office's facts, so any of them; an order to an office is closed by who issued
    it or leads that office.
    """
    return order is not None and (
        order.subject == OrderSubject.RETURN
        or order.issued_by_id == user.pk
        or bool(leads_office(user, order.organisation))
    )


@predicate
def is_of_order_region(user: Any, order: Any) -> bool:
    """The order's plan is one of the user's own region."""
    return order is not None and user.region_id == order.period.plan.region_id


chases_for = chases & is_of_plan_region
extends_for = extends & is_of_plan_region
issues_orders_for = issues_orders & is_of_plan_region
closes_order = (is_leader | is_administrator | (is_deputy & is_in_charge_of_order)) & is_of_order_region
