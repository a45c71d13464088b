"""The facts as they were submitted."""

from __future__ import annotations

from collections.abc import Iterable

from apps.collection.models import DataValue, DataValueRevision


def latest_revisions(values: Iterable[DataValue | int]) -> dict[int, DataValueRevision]:
    """Return the last submitted revision of each value, by value id (1 query)."""
    revisions = DataValueRevision.objects.filter(value__in=list(values)).order_by(
        "value_id", "-number_in_order"
    )
    return {revision.value_id: revision for revision in revisions.distinct("value_id")}
