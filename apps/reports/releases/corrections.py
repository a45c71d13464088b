"""Whether the results have moved on since a release: it stays as it is, and says so."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from apps.plans.enums import SliceKind
from apps.reports.releases.models import Release
from apps.reports.releases.rows import frozen
from apps.rollups.models import Result

# A result that was computed while the release was made may carry an earlier time than the release.
MARGIN = dt.timedelta(minutes=10)
UNCOMPARED = frozenset({"id"})


def indicators_corrected(release: Release) -> set[int]:
    """Return the indicators whose results are no longer those of the release.

    One query while nothing has been computed since; then one more, and the content is read.
    """
    since = release.released_at - MARGIN
    if not _results(release).filter(computed_at__gt=since).exists():
        return set()
    content = json.loads(release.content)
    known = {row["id"] for row in content["indicators"]}
    held = {_key(row): row for row in content["results"]}
    now = {_key(row): row for row in map(frozen, _results(release)) if row["indicator_id"] in known}
    return {key[0] for key in held.keys() | now.keys() if _compared(held.get(key)) != _compared(now.get(key))}


def _results(release: Release) -> Any:
    """The same results that `content.content_of` takes."""
    quarter = release.quarter
    found = Result.objects.filter(
        plan=release.plan_id, region=release.plan.region_id, period__quarter__lte=quarter
    ).select_related("period")
    return found.filter(slice_kind=SliceKind.ALL) | found.filter(period__quarter=quarter)


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["indicator_id"], row["period_id"], row["slice_kind"], row["slice_value"]


def _compared(row: dict[str, Any] | None) -> dict[str, Any] | None:
    return row and {name: value for name, value in row.items() if name not in UNCOMPARED}
