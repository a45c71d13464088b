"""Two-part targets: one sentence of the plan that sets several targets ("双百", 各不少于1次). Pure.

Each part is its own indicator with its own target; the sentence is fulfilled when every part is.
"""

from __future__ import annotations

from collections.abc import Sequence

from apps.rollups.enums import LIGHTS, Status

SEVERITY: tuple[Status, ...] = (
    Status.OFF_TRACK,
    Status.NO_BASELINE,
    Status.NO_DATA,
    Status.AT_RISK,
    Status.NOT_DUE,
    Status.ON_TRACK,
    Status.ACHIEVED,
)


def joint(statuses: Sequence[str]) -> Status:
    """Return the status of the whole sentence: that of its worst part, none while a part has no target."""
    for without in (Status.NO_TARGET, Status.UNCONFIRMED):
        if without in statuses:
            return without
    return next((status for status in SEVERITY if status in statuses), Status.NO_DATA)


def fulfilled(statuses: Sequence[str]) -> int:
    """Return how many parts are achieved."""
    return sum(status == Status.ACHIEVED for status in statuses)


def is_judged(statuses: Sequence[str]) -> bool:
    """Tell whether every part has a light."""
    return bool(statuses) and all(status in LIGHTS for status in statuses)
