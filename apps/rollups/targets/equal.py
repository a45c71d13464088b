"""Exactly so much (100 %, 8 项): short of it is on the way, above it is a miss."""

from __future__ import annotations

from fractions import Fraction

from django.utils.translation import gettext

from apps.rollups.targets.base import Said, TargetType
from apps.rollups.targets.case import Case


class Equal(TargetType):
    """达到 100 %, 完成 4 个: neither less nor more."""

    def gap(self, case: Case) -> Fraction:
        return abs(self.measured(case) - self.limit(case))

    def cannot_wait(self, case: Case) -> bool:
        return self.measured(case) > self.limit(case)

    def achievement(self, case: Case) -> Fraction | None:
        return None if self.cannot_wait(case) else super().achievement(case)

    def sentence(self, said: Said) -> str:
        if said.is_met:
            return gettext("%(value)s; exactly %(limit)s is wanted, which is met") % vars(said)
        if said.is_exceeded:
            return gettext("%(value)s; exactly %(limit)s is wanted, %(gap)s too much") % vars(said)
        return gettext("%(value)s; exactly %(limit)s is wanted, %(gap)s short") % vars(said) + self.more(said)
