"""At most so much; the limit is included (10 % 以内)."""

from __future__ import annotations

from fractions import Fraction

from django.utils.translation import gettext

from apps.plans.enums import Aggregation
from apps.rollups import aggregates
from apps.rollups.targets.base import ZERO, Said, TargetType
from apps.rollups.targets.case import Case


class AtMost(TargetType):
    """控制在…以内: broken above the limit, at once; there is no way to go, so no share of it."""

    falling_is_wanted = True

    def gap(self, case: Case) -> Fraction:
        return max(ZERO, self.measured(case) - self.limit(case))

    def is_met(self, case: Case) -> bool:
        """A coefficient of variation is compared by squares: its root is not exact."""
        if case.subject.aggregation == Aggregation.WEIGHTED_CV:
            square = aggregates.squared_cv(case.statistics)
            return square is not None and square <= self.limit(case) ** 2
        return self.gap(case) == 0

    def is_limit(self, case: Case) -> bool:
        return True

    def achievement(self, case: Case) -> Fraction | None:
        return None

    def sentence(self, said: Said) -> str:
        if said.is_met:
            return gettext("%(value)s; at most %(limit)s is allowed, which is kept") % vars(said)
        words = gettext("%(value)s; at most %(limit)s is allowed, %(gap)s too much") % vars(said)
        return words + self.fewer(said)
