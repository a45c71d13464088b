"""Who decides about a plan. Everyone acts within the plan's own region only."""

from __future__ import annotations

from typing import Any

from apps.accounts.permissions import confirms_targets, is_administrator, is_leader, predicate


@predicate
def is_of_region(user: Any, plan: Any) -> bool:
    """The user belongs to the region whose plan it is, not to one above or below it."""
    return plan is not None and user.region_id == plan.region_id


@predicate
def sees_league_tables(user: Any, plan: Any) -> bool:
    """The bureau has switched league tables of schools on for the user's role, in the user's own region."""
    return plan is not None and user.region_id == plan.region_id and user.role in plan.policy.league_roles


decides_targets = confirms_targets & is_of_region
switches_tiers = (is_administrator | is_leader) & is_of_region
