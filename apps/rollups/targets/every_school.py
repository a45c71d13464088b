"""A line that every single school must meet (课间15分钟, 2小时): never the mean of the schools."""

from __future__ import annotations

from fractions import Fraction

from django.utils.translation import gettext

from apps.plans.enums import TargetOperator
from apps.rollups.targets.base import Said, TargetType
from apps.rollups.targets.case import Case


class EveryUnit(TargetType):
    """Counted as the share of schools that meet their own line: it must be all of them."""

    def limit(self, case: Case) -> Fraction:
        return Fraction(case.subject.scale)

    def sentence(self, said: Said) -> str:
        words = gettext("%(value)s of the schools meet their line of %(limit)s; all of them are to") % vars(
            said
        )
        if said.is_met:
            return words + gettext(", which is met")
        return words + (gettext(": %(units)s are missing") % vars(said) if said.units else "")


class WeakestUnit(TargetType):
    """Held against the weakest school of an amount; how many others miss it, the statistics do not tell."""

    def __init__(self, inner: TargetType) -> None:
        self.inner = inner
        self.needs_baseline = inner.needs_baseline
        self.falling_is_wanted = inner.falling_is_wanted

    def limit(self, case: Case) -> Fraction:
        return self.inner.limit(case)

    def measured(self, case: Case) -> Fraction:
        at_most = case.aim.operator == TargetOperator.AT_MOST
        extreme = case.statistics.maximum if at_most else case.statistics.minimum
        return case.value if extreme is None else extreme

    def gap(self, case: Case) -> Fraction:
        return self.inner.gap(case.at(self.measured(case)))

    def is_limit(self, case: Case) -> bool:
        return self.inner.is_limit(case)

    def cannot_wait(self, case: Case) -> bool:
        return self.inner.cannot_wait(case.at(self.measured(case)))

    def achievement(self, case: Case) -> Fraction | None:
        return self.inner.achievement(case.at(self.measured(case)))

    def gap_units(self, case: Case) -> Fraction | None:
        return None

    def sentence(self, said: Said) -> str:
        return gettext("the weakest school counts: %(sentence)s") % {"sentence": self.inner.sentence(said)}
