"""Who reads a report, as far as hiding goes. Readers who share a key may see the same and get one file.

- *internal*: what the requester sees on the screen: leaders all, an office its own small and restricted ones;
- *circulation*: fit to be passed on: no restricted indicator, no small number;
- *school*: one school's own people: their own figures whole, of others nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from apps.accounts.enums import BUREAU_ROLES, SCHOOL_ROLES
from apps.accounts.models import User
from apps.plans.enums import Privacy
from apps.plans.models import Indicator
from apps.rollups.suppression import Viewer, viewer_of


@dataclass(frozen=True)
class Audience:
    """A class of readers; `office_ids` own their indicators, `school_id` is the readers' own school."""

    sees_all: bool = False
    office_ids: frozenset[int] = frozenset()
    school_id: int | None = None

    @property
    def key(self) -> str:
        """The same for readers who may see the same: "all", "offices-3-7", "school-12", "circulation"."""
        if self.sees_all:
            return "all"
        if self.school_id is not None:
            return f"school-{self.school_id}"
        offices = "-".join(str(pk) for pk in sorted(self.office_ids))
        return f"offices-{offices}" if offices else "circulation"

    def viewer(self, threshold: int) -> Viewer:
        """Return the reader as the pages' hiding knows it."""
        return Viewer(sees_all=self.sees_all, office_ids=self.office_ids, threshold=threshold)

    def owns(self, indicator: Indicator) -> bool:
        return self.sees_all or indicator.lead_office_id in self.office_ids

    def knows(self, indicator: Indicator) -> bool:
        """Tell whether the indicator exists for these readers (`IndicatorQuerySet.visible_to`)."""
        return indicator.privacy != Privacy.RESTRICTED or self.owns(indicator)


CIRCULATION = Audience()


def audience_of(user: User) -> Audience:
    """Return what a person may see: internal for the bureau, the own school for a school's people."""
    if user.role in SCHOOL_ROLES:
        return Audience(school_id=user.organisation_id)
    if user.role not in BUREAU_ROLES:
        return CIRCULATION
    viewer = viewer_of(user, threshold=0)
    return Audience(sees_all=viewer.sees_all, office_ids=viewer.office_ids)


def may_read(user: User, audience: Audience) -> bool:
    """Tell whether a person may read what was made for an audience: nothing in it is more than their own."""
    own = audience_of(user)
    if user.role in SCHOOL_ROLES:
        return audience.school_id is not None and audience.school_id == own.school_id
    if audience.school_id is not None:
        return own.sees_all
    return own.sees_all or (not audience.sees_all and audience.office_ids <= own.office_ids)
