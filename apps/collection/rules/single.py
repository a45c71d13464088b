"""What each kind of rule says about one figure. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from apps.collection.facts import FactValue, shown_text
from apps.collection.rules.book import Rulebook
from apps.core.display import number_text
from apps.core.numbers import plain_text
from apps.core.templatetags.lusong import quarter_name
from apps.plans.enums import Accumulation, RuleKind, ValueType
from apps.plans.models import ValidationRule

if TYPE_CHECKING:
    from apps.collection.slots import Slot

Words = dict[str, str]
Judge = Callable[[ValidationRule, "Slot", Decimal], Words | None]

FIGURES = frozenset({ValueType.INTEGER, ValueType.DECIMAL})
FACTORS = (60, 1000, 10_000)
NEARLY = Decimal("1.25")


def broken_rules(book: Rulebook, slot: Slot, number: Decimal) -> Iterator[tuple[ValidationRule, Words]]:
    """Yield the rules about a single figure that it breaks, with what their sentences need."""
    if slot.element.value_type not in FIGURES:
        return
    for kind, judge in JUDGES.items():
        rule = book.rule(kind, slot.element.pk)
        words = judge(rule, slot, number) if rule is not None else None
        if rule is not None and words is not None:
            yield rule, words


def _text(slot: Slot, number: Decimal) -> str:
    return shown_text(slot.element, FactValue(number=number))


def _not_falling(rule: ValidationRule, slot: Slot, number: Decimal) -> Words | None:
    before = slot.of_this_year
    if (
        slot.element.accumulation != Accumulation.YEAR_TO_DATE
        or before is None
        or before.value.number is None
    ):
        return None
    if number >= before.value.number:
        return None
    return {"quarter": quarter_name(before.period.quarter), "before": _text(slot, before.value.number)}


def _above(rule: ValidationRule, slot: Slot, number: Decimal) -> Words | None:
    assert rule.limit is not None
    return {"limit": _text(slot, rule.limit)} if number > rule.limit else None


def changes_much(rule: ValidationRule, before: Decimal, now: Decimal) -> bool:
    """Tell whether the change exceeds the rule's limits, exactly and without dividing."""
    assert rule.limit is not None
    change = abs(now - before)
    return change > rule.least_change and change * 100 > rule.limit * abs(before)


def _jump(rule: ValidationRule, slot: Slot, before: Decimal | None, number: Decimal) -> Words | None:
    if before is None or not changes_much(rule, before, number):
        return None
    assert rule.limit is not None
    return {"percent": plain_text(rule.limit), "before": _text(slot, before)}


def _jump_previous(rule: ValidationRule, slot: Slot, number: Decimal) -> Words | None:
    return _jump(rule, slot, slot.previous.value.number if slot.previous else None, number)


def _jump_last_year(rule: ValidationRule, slot: Slot, number: Decimal) -> Words | None:
    return _jump(rule, slot, slot.last_year.value.number if slot.last_year else None, number)


def _peer_outlier(rule: ValidationRule, slot: Slot, number: Decimal) -> Words | None:
    if slot.peers is None or abs(float(number) - slot.peers.median) <= float(rule.least_change):
        return None
    score = slot.peers.score(float(number))
    assert rule.limit is not None
    if score is None or abs(score) <= float(rule.limit):
        return None
    return {"median": number_text(Decimal(str(slot.peers.median)), slot.element.decimals)}


def _unit_slip(rule: ValidationRule, slot: Slot, number: Decimal) -> Words | None:
    before = _reference(slot)
    if not before or not number or (before > 0) != (number > 0):
        return None
    large, small = max(abs(number), abs(before)), min(abs(number), abs(before))
    for factor in FACTORS:
        exact = small * factor
        if exact <= large * NEARLY and large <= exact * NEARLY:
            share = str(factor) if large == abs(number) else f"1/{factor}"
            return {"factor": share, "before": _text(slot, before)}
    return None


def _reference(slot: Slot) -> Decimal | None:
    """Return what the figure should be like: the last one, else last year's."""
    for earlier in (slot.previous, slot.last_year):
        if earlier is not None and earlier.value.number is not None:
            return earlier.value.number
    return None


JUDGES: dict[RuleKind, Judge] = {
    RuleKind.NOT_FALLING: _not_falling,
    RuleKind.UNIT_SLIP: _unit_slip,
    RuleKind.ABOVE: _above,
    RuleKind.JUMP_PREVIOUS: _jump_previous,
    RuleKind.JUMP_LAST_YEAR: _jump_last_year,
    RuleKind.PEER_OUTLIER: _peer_outlier,
}
