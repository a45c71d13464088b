"""Which fact of a return is sent back, what was written at first, how far a draft has come. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from apps.demo.reporting import Key, WrittenFact
from apps.plans.enums import Accumulation, ValueType
from apps.reviews.enums import ReturnReason

ENOUGH = 5


@dataclass(frozen=True)
class Mistake:
    """`wrong` stands in for the right fact of the same key until it is corrected."""

    wrong: WrittenFact
    reason: str
    text: str
    draft_share: float

    @property
    def key(self) -> Key:
        return self.wrong.key

    def unfinished(self, facts: Sequence[WrittenFact]) -> list[WrittenFact]:
        """Return the facts that a draft holds: from the beginning, at least one."""
        return list(facts[: max(1, round(len(facts) * self.draft_share))])


def mistake_in(
    facts: Sequence[WrittenFact],
    *,
    limits: Collection[int],
    rules: Collection[int],
    luck: Random,
    is_unusual: Callable[[WrittenFact, Decimal], bool] = lambda fact, number: False,
) -> Mistake:
    """Return the fact of a return that an office would send back.

    Args:
        limits: elements that limit another one and so cannot be made smaller.
        rules: elements that must stay below another one and so cannot be made larger.
        is_unusual: tells whether the form would ask for a reason; nobody gives one for a slip of the hand.
    """
    share = luck.uniform(0.3, 0.8)
    doubtful = [
        (fact, wrong)
        for fact in facts
        if (wrong := _wrong(fact, limits, rules)) is not None and not is_unusual(fact, wrong)
    ]
    if not doubtful:
        text = "佐证材料与所填数据对不上，请补充说明"
        return Mistake(luck.choice(list(facts)), ReturnReason.EVIDENCE, text, share)
    fact, number = luck.choice(doubtful)
    return Mistake(
        replace(fact, number=number, reason="", fired=[]),
        ReturnReason.WRONG_VALUE,
        "与上期和同类学校相差较大，请核对后重报",
        share,
    )


def _wrong(fact: WrittenFact, limits: Collection[int], rules: Collection[int]) -> Decimal | None:
    """Return a possible but wrong number, None where one would break a rule of the form."""
    element, number = fact.element, fact.number
    if number is None or element.pk in limits or element.accumulation == Accumulation.YEAR_TO_DATE:
        return None
    if element.value_type == ValueType.BOOLEAN:
        return 1 - number
    if element.value_type not in (ValueType.INTEGER, ValueType.DECIMAL):
        return None
    if number >= ENOUGH:
        return Decimal(int(number * 4 / 5))
    return number + 2 if element.pk not in rules and element.decimals == 0 else None
