"""Two parts, a lower and an upper one (2-3所): below is missed, inside is met, above is more than planned."""

from __future__ import annotations

from fractions import Fraction

from django.utils.translation import gettext

from apps.rollups.targets.base import Said, TargetType
from apps.rollups.targets.case import Case


class WithinRange(TargetType):
    """2-3所, 1-2所: more than planned is never red."""

    def is_exceeded(self, case: Case) -> bool:
        upper: Fraction = self.limit(case) if case.aim.value_max is None else case.aim.value_max
        return self.measured(case) > upper

    def sentence(self, said: Said) -> str:
        if said.is_exceeded:
            return gettext("%(value)s; %(limit)s to %(limit_max)s are planned: more than planned") % vars(
                said
            )
        if said.is_met:
            return gettext("%(value)s; %(limit)s to %(limit_max)s are planned, which is met") % vars(said)
        words = gettext("%(value)s; %(limit)s to %(limit_max)s are planned, %(gap)s short of the lower end")
        return words % vars(said) + self.more(said)
