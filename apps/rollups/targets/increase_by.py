"""A rise by so much against the locked baseline: of a percentage in points, not by a factor."""

from __future__ import annotations

from fractions import Fraction

from django.utils.translation import gettext

from apps.rollups.targets.base import Said, TargetType
from apps.rollups.targets.case import Case


class IncreaseBy(TargetType):
    """提高…个百分点: the change since the baseline is what is measured."""

    needs_baseline = True

    def measured(self, case: Case) -> Fraction:
        assert case.change is not None
        return case.change

    def sentence(self, said: Said) -> str:
        words = gettext("%(value)s, %(change)s; a rise by at least %(limit)s is wanted") % vars(said)
        if said.is_met:
            return words + gettext(", which is met")
        return words + gettext(", %(gap)s short") % vars(said) + self.more(said)
