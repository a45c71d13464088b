"""What all types of targets share. Pure; rounds nothing.

A type says what is measured, how far it is from the limit, whether that can wait, how much of the way is
done, how many whole things close the gap, and how to say all this in a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext

from apps.rollups.enums import Reason, Status
from apps.rollups.targets import schedules, trends
from apps.rollups.targets.case import Case

ZERO = Fraction(0)


@dataclass(frozen=True)
class Said:
    """The parts of a sentence, each as a reader is told it with its unit; empty where there is none."""

    value: str
    limit: str
    limit_max: str = ""
    gap: str = ""
    units: str = ""
    change: str = ""
    is_met: bool = False
    is_exceeded: bool = False


class TargetType:
    """A target of at least so much; the other types say where they differ."""

    needs_baseline = False
    falling_is_wanted = False

    def limit(self, case: Case) -> Fraction:
        """Return the number that the measured quantity is held against."""
        return case.target

    def measured(self, case: Case) -> Fraction:
        """Return the quantity the target speaks of."""
        return case.measured

    def gap(self, case: Case) -> Fraction:
        """Return how much is missing to the target, never negative."""
        return max(ZERO, self.limit(case) - self.measured(case))

    def is_met(self, case: Case) -> bool:
        return self.gap(case) == 0

    def is_exceeded(self, case: Case) -> bool:
        """Tell whether more than planned has been reached, where a plan says how much that is."""
        return False

    def is_limit(self, case: Case) -> bool:
        """Tell whether more is worse: a miss cannot wait, and keeping it counts at the year's end only."""
        return False

    def cannot_wait(self, case: Case) -> bool:
        """Tell whether what is missed cannot be made good by waiting."""
        return self.is_limit(case)

    def achievement(self, case: Case) -> Fraction | None:
        """Return the share of the way that is done (1: there), None where that means nothing."""
        limit = self.limit(case)
        return self.measured(case) / limit if limit > 0 else None

    def gap_units(self, case: Case) -> Fraction | None:
        """Return the smallest whole number of children, schools, steps … that closes the gap."""
        return case.whole(self.gap(case))

    def required(self, case: Case) -> Fraction | None:
        """Return what the schedule asks for by now, None where none applies."""
        if not case.subject.is_scheduled or self.is_limit(case):
            return None
        return schedules.required(case, self.limit(case))

    def outcome(self, case: Case) -> tuple[Status, Reason]:
        """Return the light and why."""
        return self._when_met(case) if self.is_met(case) else self._when_missed(case)

    def sentence(self, said: Said) -> str:
        """Return how the value stands to the target, in the reader's language."""
        if said.is_met:
            return gettext("%(value)s; at least %(limit)s is wanted, which is met") % vars(said)
        return gettext("%(value)s; at least %(limit)s is wanted, %(gap)s short") % vars(said) + self.more(
            said
        )

    def more(self, said: Said) -> str:
        """Return what closes the gap, as the end of a sentence."""
        return gettext(": %(units)s more would close it") % vars(said) if said.units else ""

    def fewer(self, said: Said) -> str:
        """Return what closes the gap of an upper limit, as the end of a sentence."""
        return gettext(": %(units)s fewer would close it") % vars(said) if said.units else ""

    def _when_met(self, case: Case) -> tuple[Status, Reason]:
        if self.is_exceeded(case):
            return Status.ACHIEVED, Reason.EXCEEDED
        year_is_reported = case.elapsed >= max(case.subject.due_quarters)
        if self.is_limit(case) and case.subject.is_cumulative and not year_is_reported:
            return Status.ON_TRACK, Reason.WITHIN_LIMIT
        return Status.ACHIEVED, Reason.MET

    def _when_missed(self, case: Case) -> tuple[Status, Reason]:
        if self.cannot_wait(case):
            return Status.OFF_TRACK, Reason.MISSED
        if case.is_over:
            return Status.OFF_TRACK, Reason.DEADLINE_PASSED
        if self.required(case) is not None:
            return schedules.light(case, self.measured(case), self.limit(case))
        if case.subject.is_additive and not case.reports_are_in:
            return Status.ON_TRACK, Reason.REPORTS_OUTSTANDING
        return trends.light(case, reaches=self.is_met, falling_is_wanted=self.falling_is_wanted)
