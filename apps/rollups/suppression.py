"""Small numbers: who may see which figure. Pure.

An indicator of privacy *small_cell* hides a figure whose numerator, denominator or complement is below the
threshold of the plan's policy. District totals stay visible to leaders, the owning office and its deputy
director; slices and single schools are hidden from everyone, and when just one part of a whole is hidden the
next smallest goes with it, so that subtraction gives nothing away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from apps.accounts.enums import Role
from apps.plans.enums import Privacy

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.plans.models import Indicator

K = TypeVar("K")


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


def is_small(numerator: Decimal | None, denominator: Decimal | None, *, threshold: int) -> bool:
    """Tell whether a figure rests on a cell below the threshold; nothing reported is no cell."""
    if numerator is None:
        return False
    cells = [numerator]
    if denominator is not None:
        cells += [denominator, denominator - numerator]
    return any(cell < threshold for cell in cells)


def hides_total(
    indicator: Indicator, numerator: Decimal | None, denominator: Decimal | None, viewer: Viewer
) -> bool:
    """Tell whether the figure of a whole region is hidden from this reader."""
    if indicator.privacy != Privacy.SMALL_CELL or viewer.owns(indicator):
        return False
    return is_small(numerator, denominator, threshold=viewer.threshold)


def hidden_parts(
    indicator: Indicator,
    parts: Mapping[K, tuple[Decimal | None, Decimal | None]],
    *,
    threshold: int,
) -> set[K]:
    """Return the keys of parts of one whole (slices of a kind, schools) that are hidden from everyone.

    Args:
        parts: key → (numerator, denominator); a numerator of None has not been reported.
    """
    if indicator.privacy != Privacy.SMALL_CELL:
        return set()
    hidden = {key for key, cells in parts.items() if is_small(*cells, threshold=threshold)}
    if len(hidden) == 1:
        hidden |= _smallest({key: cells for key, cells in parts.items() if key not in hidden})
    return hidden


def _smallest(parts: Mapping[K, tuple[Decimal | None, Decimal | None]]) -> set[K]:
    sized: Sequence[tuple[Decimal, K]] = [
        (numerator if denominator is None else denominator, key)
        for key, (numerator, denominator) in parts.items()
        if numerator is not None
    ]
    # Equal sizes are decided by the key: another choice on the next page would give the hidden one away.
    return {min(sized, key=lambda pair: (pair[0], str(pair[1])))[1]} if sized else set()
