"""How lights and lines look on paper: told apart by shape, hatch and dash, without any colour too."""

from __future__ import annotations

from dataclasses import dataclass

from apps.dashboards.figures_template import ACCENT, INK, MUTED
from apps.dashboards.lights import HIDDEN, NOT_APPLICABLE
from apps.reports.charts.canvas import Hatch, Lettering
from apps.rollups.enums import Status

NORMAL = Lettering(size=9, colour=INK)
STRONG = Lettering(size=9, colour=INK, weight="bold")
QUIET = Lettering(size=8, colour=MUTED)
LABEL = Lettering(size=8, colour=INK)


@dataclass(frozen=True)
class Fill:
    """The area of a bar: its ground, its hatch and the ink of both hatch and number."""

    ground: str
    hatch: Hatch = ""
    ink: str = INK
    number: str = INK


# What needs attention is the darkest; what is well is light; what has no light is white.
FILLS: dict[str, Fill] = {
    Status.ACHIEVED: Fill("#8fb4de", ink=ACCENT),
    Status.ON_TRACK: Fill("#ffffff", "/", ink=ACCENT),
    Status.AT_RISK: Fill("#ffffff", "x", ink="#8a4a05"),
    Status.OFF_TRACK: Fill("#7a1710", number="#ffffff"),
    Status.NOT_DUE: Fill("#ffffff"),
    Status.NO_DATA: Fill("#ffffff", ".", ink=MUTED),
    NOT_APPLICABLE: Fill("#ffffff", "/", ink="#b8c0cc"),
    Status.NO_BASELINE: Fill("#ffffff", "\\", ink=MUTED),
    Status.NO_TARGET: Fill("#dfe3e8"),
    Status.UNCONFIRMED: Fill("#ffffff", "-", ink=MUTED),
    HIDDEN: Fill("#e4e7ec", ".", ink=MUTED),
}
# The stroke behind a number, so that it can be read on a hatch.
HATCHED = "#ffffff"


def fill_of(status: str) -> Fill:
    """Return how a bar of a status is filled."""
    return FILLS[str(status)]
