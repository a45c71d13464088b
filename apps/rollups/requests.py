"""What an administrator asks a worker to do now instead of waiting for the sweep or the night."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from apps.accounts.models import User
from apps.accounts.permissions import manages_settings
from apps.plans.models import AnnualPlan
from apps.plans.permissions import is_of_region
from apps.rollups.outbox import publish

asks_for_work = manages_settings & is_of_region


def refresh_request(*, plan: AnnualPlan, by: User) -> bool:
    """Ask a worker to compute what the outbox names; False when the message broker cannot be reached.

    Raises:
        PermissionDenied: unless `by` is an administrator of the plan's region.
    """
    from apps.rollups.tasks import refresh_stale

    _require(plan, by)
    return publish(refresh_stale)


def rebuild_request(*, plan: AnnualPlan, by: User) -> bool:
    """Ask a worker to compute the whole plan again; as `refresh_request`."""
    from apps.rollups.tasks import rebuild_plan

    _require(plan, by)
    return publish(rebuild_plan, plan.pk, by.pk)


def _require(plan: AnnualPlan, by: User) -> None:
    if not asks_for_work(by, plan):
        raise PermissionDenied
