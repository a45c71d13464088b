"""No worse than the locked baseline (只增不减): not lower than it."""

from __future__ import annotations

from fractions import Fraction

from django.utils.translation import gettext

from apps.rollups.targets.base import ZERO, Said, TargetType
from apps.rollups.targets.case import Case


class NoWorse(TargetType):
    """只增不减: the change since the baseline is held against 0, so there is no way to go."""

    needs_baseline = True

    def limit(self, case: Case) -> Fraction:
        return ZERO

    def measured(self, case: Case) -> Fraction:
        assert case.change is not None
        return case.change

    def achievement(self, case: Case) -> Fraction | None:
        return None

    def sentence(self, said: Said) -> str:
        words = gettext("%(value)s, %(change)s; no less than the baseline is wanted") % vars(said)
        if said.is_met:
            return words + gettext(", which is met")
        return words + gettext(", %(gap)s short") % vars(said) + self.more(said)
