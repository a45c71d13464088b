"""Rules between the figures of one return: a part, or the sum of some, within its whole. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from apps.collection.facts import FactValue, shown_text
from apps.core.templatetags.lusong import local_text
from apps.plans.models import ValidationRule

if TYPE_CHECKING:
    from apps.collection.slots import Slot


@dataclass(frozen=True)
class Contradiction:
    """Figures that contradict each other: the first part, all facts concerned, and what to say."""

    rule: ValidationRule
    slots: tuple[Slot, ...]
    words: dict[str, str]

    @property
    def first(self) -> Slot:
        return self.slots[0]


def contradictions(slots: Sequence[Slot], rules: Sequence[ValidationRule]) -> Iterator[Contradiction]:
    """Yield the broken rules of each stage; one with a missing part or whole says nothing."""
    by_code = {(slot.element.code, slot.stage): slot for slot in slots}
    for rule in rules:
        assert rule.element is not None
        assert rule.other is not None
        for slot in slots:
            if slot.element.pk != rule.element_id:
                continue
            parts = [by_code.get((code, slot.stage)) for code in (rule.element.code, *rule.addends)]
            whole = by_code.get((rule.other.code, slot.stage))
            if whole is not None and all(part is not None for part in parts):
                yield from _broken(rule, [part for part in parts if part is not None], whole)


def _broken(rule: ValidationRule, parts: list[Slot], whole: Slot) -> Iterator[Contradiction]:
    numbers = [part.value.number for part in parts]
    if whole.value.number is None or any(number is None for number in numbers):
        return
    total = sum((number for number in numbers if number is not None), Decimal(0))
    if total <= whole.value.number:
        return
    words = {
        "left": " + ".join(local_text(part.element) for part in parts),
        "left_value": shown_text(parts[0].element, FactValue(number=total)),
        "right": local_text(whole.element),
        "right_value": shown_text(whole.element, whole.value),
    }
    yield Contradiction(rule, (*parts, whole), words)
