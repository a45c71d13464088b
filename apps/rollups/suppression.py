"""Small numbers: who may see which figure. Pure.

An indicator of privacy *small_cell* hides a figure whose numerator, denominator or complement is below the
threshold of the plan's policy. Totals of the region stay visible to leaders, the owning office and its deputy
director; small slices and schools are hidden from everyone, with as many others as it takes (`protecting`).
A *restricted* indicator is nobody's but these readers' (`IndicatorQuerySet.visible_to`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from apps.accounts.enums import Role
from apps.plans.enums import Privacy
from apps.rollups.subjects import CUMULATIVE

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.plans.models import Indicator


@dataclass(frozen=True)
class Viewer:
    """A reader as far as hiding goes: everything, or the indicators of these offices."""

    sees_all: bool
    office_ids: frozenset[int]
    threshold: int

    def owns(self, indicator: Indicator) -> bool:
        """Tell whether the reader is a leader, of the lead office, or its deputy director."""
        return self.sees_all or indicator.lead_office_id in self.office_ids


def viewer_of(user: User, *, threshold: int) -> Viewer:
    """Return what hiding needs to know of a user (one query for a deputy director, none for others)."""
    if user.role == Role.DEPUTY:
        offices = frozenset(user.offices_led.values_list("pk", flat=True))
    else:
        offices = frozenset(
            {user.organisation_id} if user.role == Role.OFFICE and user.organisation_id else ()
        )
    return Viewer(sees_all=user.role == Role.LEADER, office_ids=offices, threshold=threshold)


@dataclass(frozen=True)
class QuarterFigure:
    """The figure of one quarter; `is_fresh`: something was reported in that very quarter."""

    numerator: Decimal | None
    denominator: Decimal | None = None
    is_fresh: bool = True

    def since(self, earlier: QuarterFigure) -> tuple[Decimal | None, Decimal | None]:
        """Return what has been added since an earlier figure; None where a part is missing."""
        return (
            _difference(self.numerator, earlier.numerator),
            _difference(self.denominator, earlier.denominator),
        )


def _difference(later: Decimal | None, earlier: Decimal | None) -> Decimal | None:
    return None if later is None or earlier is None else later - earlier


def is_small(numerator: Decimal | None, denominator: Decimal | None, *, threshold: int) -> bool:
    """Tell whether a figure rests on a cell below the threshold; nothing reported is no cell."""
    if numerator is None:
        return False
    cells = [numerator]
    if denominator is not None:
        cells += [denominator, denominator - numerator]
    return any(cell < threshold for cell in cells)


def hidden_quarters(indicator: Indicator, quarters: Mapping[int, QuarterFigure], viewer: Viewer) -> set[int]:
    """Return the quarters whose figure of the whole region is hidden from this reader.

    In what grows over the year, the difference to an earlier figure that is shown must not be small either.

    Args:
        quarters: as-of quarter → its figure.
    """
    if indicator.privacy != Privacy.SMALL_CELL or viewer.owns(indicator):
        return set()
    hidden: set[int] = set()
    for quarter in sorted(quarters):
        figure = quarters[quarter]
        earlier = [quarters[one] for one in quarters if one < quarter and one not in hidden]
        news = [figure.since(one) for one in earlier] if indicator.accumulation in CUMULATIVE else []
        pairs = [
            (figure.numerator, figure.denominator),
            *(pair for pair in news if figure.is_fresh or any(pair)),
        ]
        if any(is_small(*pair, threshold=viewer.threshold) for pair in pairs):
            hidden.add(quarter)
    return hidden


def hides_total(
    indicator: Indicator, numerator: Decimal | None, denominator: Decimal | None, viewer: Viewer
) -> bool:
    """Tell whether a figure of a whole region, looked at by itself, is hidden from this reader."""
    return bool(hidden_quarters(indicator, {1: QuarterFigure(numerator, denominator)}, viewer))
