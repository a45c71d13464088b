"""Everything the rules say about a return as it is written now."""

from __future__ import annotations

from dataclasses import dataclass

from apps.collection.checks import (
    Problem,
    findings_of,
    form_flags,
    problems_of,
)
from apps.collection.keys import Key
from apps.collection.models import Submission
from apps.collection.rules.between import contradictions
from apps.collection.rules.book import Rulebook
from apps.collection.rules.firings import Fired
from apps.collection.slots import Slot, rules_between, slots_of


@dataclass(frozen=True)
class Assessment:
    """The facts, what stands in the way of submitting them, and which rules fired about which figures."""

    slots: list[Slot]
    problems: dict[Key, list[Problem]]
    form_problems: list[Problem]
    fired: Fired

    @property
    def stands_in_the_way(self) -> bool:
        return bool(self.problems or self.form_problems)


def assess(submission: Submission) -> Assessment:
    """Hold a return against the rules (5 queries)."""
    slots = slots_of(period=submission.period, organisation=submission.organisation, submission=submission)
    rules = rules_between(slots)
    flags = form_flags(slots, rules)
    return Assessment(
        slots=slots,
        problems=problems_of(slots, rules, submission.period),
        form_problems=[] if submission.remark else flags,
        fired=[*_fired(slots, rules), *((flag, None) for flag in flags)],
    )


def _fired(slots: list[Slot], rules: Rulebook) -> Fired:
    found: Fired = [
        (problem, slot.stored)
        for slot in slots
        if slot.stored is not None and not slot.is_prefilled
        for problem in findings_of(slot, slot.value, rules)
    ]
    found += [
        (Problem.of_rule(each.rule, each.words), each.first.stored)
        for each in contradictions(slots, rules.between)
        if each.first.stored is not None
    ]
    return found
