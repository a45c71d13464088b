"""What stands between a return and its submitting, fact by fact. Pure.

A problem is a fact that is missing, unreadable or impossible. A flag is a fact that is possible but unusual:
it asks for a reason and does not stand in the way once there is one. Which figures are impossible or unusual
say the bureau's rules (`collection.rules`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from apps.collection.facts import FactValue, read_fact, shown_text
from apps.collection.keys import Key
from apps.collection.models import Period
from apps.collection.rules.between import contradictions
from apps.collection.rules.book import Rulebook
from apps.collection.rules.single import broken_rules
from apps.collection.rules.words import sentence
from apps.collection.slots import Slot
from apps.core.templatetags.lusong import quarter_name
from apps.core.typed import Unreadable
from apps.plans.enums import Accumulation, RuleKind, Severity, ValueType
from apps.plans.models import DataElement, ValidationRule

FEWEST_FOR_IDENTICAL = 5


@dataclass(frozen=True)
class Problem:
    """`code` is stable; `message` says in the reader's language what to do; `rule` is the one that fired."""

    code: str
    message: str
    rule: ValidationRule | None = None
    words: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_rule(cls, rule: ValidationRule, words: Mapping[str, str], code: str = "") -> Problem:
        """Return the problem that a broken rule is."""
        return cls(code or rule.kind, sentence(rule, words), rule, words)


def problems_of(slots: Sequence[Slot], rules: Rulebook, period: Period) -> dict[Key, list[Problem]]:
    """Return what must be put right before submitting; facts without a problem are left out."""
    found: dict[Key, list[Problem]] = defaultdict(list)
    soft: dict[Key, list[Problem]] = defaultdict(list)
    for contradiction in contradictions(slots, rules.between):
        problem = Problem.of_rule(contradiction.rule, contradiction.words, "rule")
        kept = found if contradiction.rule.severity == Severity.HARD else soft
        kept[contradiction.first.key].append(problem)
    for slot in slots:
        if problem_ := _own_problem(slot, rules, soft.get(slot.key, [])):
            found[slot.key].insert(0, problem_)
    return dict(found)


def rule_problems(slots: Sequence[Slot], rules: Rulebook) -> list[tuple[Key, Key, Problem]]:
    """Return the broken hard rules between the facts: the first part, another fact and what is wrong."""
    return [
        (found.first.key, other.key, Problem.of_rule(found.rule, found.words, "rule"))
        for found in contradictions(slots, rules.between)
        if found.rule.severity == Severity.HARD
        for other in found.slots[1:]
    ]


def _own_problem(slot: Slot, rules: Rulebook, between: list[Problem]) -> Problem | None:
    if slot.stored is not None and slot.stored.typed:
        return unreadable_problem(slot.element, slot.stored.typed)
    if slot.value.is_blank:
        return Problem(
            "missing",
            _("Not filled in yet. If it does not apply, choose “Not applicable” and give the reason."),
        )
    if slot.is_prefilled:
        return None
    findings = findings_of(slot, slot.value, rules)
    for problem in findings:
        if problem.rule is not None and problem.rule.severity == Severity.HARD:
            return problem
    if slot.field_return and slot.field_return.asks_for_figure and slot.value == slot.submitted:
        return Problem("untouched", _("Returned: correct the figure, or say in the reason why it is right."))
    flags = [*findings, *between]
    if flags and not slot.value.reason:
        return Problem("reason", " ".join(flag.message for flag in flags))
    return None


def unreadable_problem(element: DataElement, typed: str) -> Problem:
    """Return why `typed` cannot be read (asked again, so that it is in the reader's language)."""
    try:
        read_fact(element, typed)
    except Unreadable as refusal:
        return Problem(refusal.code, refusal.message)
    return Problem("unconfirmed", _("“%(text)s” was not taken over yet. Save it again.") % {"text": typed})


def fall_problem(slot: Slot, period: Period) -> Problem | None:
    """Return the problem of a year-to-date figure below the last accepted one of the same year."""
    before = slot.of_this_year
    if before is None or slot.value.number is None or before.value.number is None:
        return None
    if slot.element.accumulation != Accumulation.YEAR_TO_DATE or slot.value.number >= before.value.number:
        return None
    rule = ValidationRule(kind=RuleKind.NOT_FALLING, severity=Severity.HARD)
    words = {
        "quarter": quarter_name(before.period.quarter),
        "before": shown_text(slot.element, before.value),
    }
    return Problem.of_rule(rule, words)


def findings_of(slot: Slot, value: FactValue, rules: Rulebook) -> list[Problem]:
    """Return what the rules about single figures say about a value, hard ones too."""
    if value.number is None:
        return []
    return [Problem.of_rule(rule, words) for rule, words in broken_rules(rules, slot, value.number)]


def flags_of(slot: Slot, value: FactValue, rules: Rulebook) -> list[Problem]:
    """Return what is unusual about a possible value; each asks for a reason."""
    return [
        problem
        for problem in findings_of(slot, value, rules)
        if problem.rule is not None and problem.rule.severity == Severity.SOFT
    ]


def soft_contradictions(slots: Sequence[Slot], rules: Rulebook) -> dict[Key, list[Problem]]:
    """Return the flags between facts, for those rules that only ask for a reason."""
    found: dict[Key, list[Problem]] = defaultdict(list)
    for each in contradictions(slots, rules.between):
        if each.rule.severity == Severity.SOFT:
            found[each.first.key].append(Problem.of_rule(each.rule, each.words))
    return dict(found)


def form_flags(slots: Sequence[Slot], rules: Rulebook) -> list[Problem]:
    """Return what is unusual about the return as a whole: every figure is the same as last time."""
    rule = rules.rule(RuleKind.IDENTICAL, None)
    figures = [slot for slot in slots if slot.element.value_type in (ValueType.INTEGER, ValueType.DECIMAL)]
    compared = [slot for slot in figures if slot.previous is not None and not slot.is_prefilled]
    if rule is None or len(compared) < FEWEST_FOR_IDENTICAL:
        return []
    if any(slot.previous is None or not slot.value.same_as(slot.previous.value) for slot in compared):
        return []
    return [Problem.of_rule(rule, {"count": str(len(compared))})]
