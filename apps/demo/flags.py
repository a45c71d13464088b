"""Which facts of the demonstration the rules find unusual, and the reasons their reporters give. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from apps.collection.facts import FactValue
from apps.collection.models import Period
from apps.collection.rules.book import Rulebook
from apps.collection.rules.single import broken_rules
from apps.collection.rules.spread import Spread, spread_of
from apps.collection.slots import FIGURES, Previous, Slot
from apps.demo import values
from apps.demo.reporting import Fired, Key, WrittenFact
from apps.plans.enums import RuleKind

WARNED = "已逐项核对，情况属实"

Before = Mapping[int, Mapping[Key, Decimal | None]]


@dataclass
class Yardsticks:
    """What the facts of a quarter are held against: rules, what each unit reported last, and its type."""

    book: Rulebook
    period: Period
    before: Before
    types: Mapping[int, str]

    def __post_init__(self) -> None:
        self._by_type: dict[tuple[str, Key], dict[int, float]] = defaultdict(dict)
        for pk, numbers in self.before.items():
            for key, number in numbers.items():
                if number is not None and pk in self.types:
                    self._by_type[self.types[pk], key][pk] = float(number)

    def fired(self, pk: int, fact: WrittenFact, number: Decimal | None) -> list[Fired]:
        """Return the rules that find a number of one unit unusual."""
        if number is None or fact.element.value_type not in FIGURES:
            return []
        before = self.before.get(pk, {}).get(fact.key)
        slot = Slot(
            element=fact.element,
            stage=fact.stage,
            stored=None,
            previous=None if before is None else Previous(FactValue(number=before), self.period),
            editable=True,
            peers=self._peers(pk, fact),
            period=self.period,
        )
        return list(broken_rules(self.book, slot, number))

    def watches(self, fact: WrittenFact) -> bool:
        """Tell whether a fact has a limit of its own."""
        kinds = (RuleKind.ABOVE, RuleKind.JUMP_PREVIOUS)
        return any((kind, fact.element.pk) in self.book.single for kind in kinds)

    def _peers(self, pk: int, fact: WrittenFact) -> Spread | None:
        if self.book.rule(RuleKind.PEER_OUTLIER, fact.element.pk) is None or pk not in self.types:
            return None
        others = self._by_type.get((self.types[pk], fact.key), {})
        return spread_of([number for other, number in others.items() if other != pk])


def facts_explain(pk: int, facts: Iterable[WrittenFact], yardsticks: Yardsticks) -> None:
    """Note what is unusual about the facts of one unit, and let it give its reasons."""
    for fact in facts:
        fact.fired = yardsticks.fired(pk, fact, fact.number)
        if fact.fired:
            fact.reason = values.rule_of(fact.element.code).get("warned", WARNED)
