"""A fall by so much against the locked baseline (近视率下降0.5%): in points, not by a factor."""

from __future__ import annotations

from fractions import Fraction

from django.utils.translation import gettext

from apps.rollups.targets.base import Said, TargetType
from apps.rollups.targets.case import Case


class DecreaseBy(TargetType):
    """下降…个百分点: the fall since the baseline is what is measured."""

    needs_baseline = True
    falling_is_wanted = True

    def measured(self, case: Case) -> Fraction:
        assert case.change is not None
        return -case.change

    def sentence(self, said: Said) -> str:
        words = gettext("%(value)s, %(change)s; a fall by at least %(limit)s is wanted") % vars(said)
        if said.is_met:
            return words + gettext(", which is met")
        return words + gettext(", %(gap)s short") % vars(said) + self.fewer(said)
