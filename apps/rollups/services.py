"""What other apps call to have results computed. All are idempotent and keyword-only.

`refresh` and `rebuild` compute at once, in the caller's transaction; `mark_plan_stale` and the two requests
leave it to a worker.
"""

from apps.rollups.outbox import mark_plan_stale, refresh_pending
from apps.rollups.rebuilding import rebuild, rebuild_all
from apps.rollups.refreshing import RefreshCounts, affected_pairs, refresh, rejudge
from apps.rollups.requests import rebuild_request, refresh_request

__all__ = [
    "RefreshCounts",
    "affected_pairs",
    "mark_plan_stale",
    "rebuild",
    "rebuild_all",
    "rebuild_request",
    "refresh",
    "refresh_pending",
    "refresh_request",
    "rejudge",
]
