"""The rules, and the facts that are asked, kept by the process while their rows are the same.

They change some times in a year and are asked for whenever somebody leaves a fact of a form. One query over
the versions of their rows says whether what was read before still holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

from apps.collection.keys import Key
from apps.collection.rules.book import Rulebook, bind
from apps.plans.enums import RuleKind
from apps.plans.models import DataElement, ValidationRule

VERSION = "hashtextextended(concat_ws(',', id, xmin, ctid), 0)"
STAMP = f"""SELECT concat_ws('-', (SELECT sum({VERSION}) FROM plans_validationrule),
    (SELECT sum({VERSION}) FROM plans_dataelement))"""  # noqa: S608 - constant text  # nosec B608


@dataclass
class KeptRules:
    """Every rule. `stamp` stands for all that is read from here; equal ones say the same."""

    stamp: str
    book: Rulebook
    facts: dict[int, DataElement] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    speaking_of: dict[int, list[ValidationRule]] = field(default_factory=lambda: defaultdict(list))

    def parts(self, rule: ValidationRule) -> list[int | None]:
        """Return the facts that a rule holds against each other, first the one at which it is told."""
        return [rule.element_id, *map(self.codes.get, rule.addends), rule.other_id]

    def told_with(self, keys: Iterable[Key]) -> set[Key]:
        """Return the facts at which something else may have to be said once these have changed."""
        found = set(keys)
        for element, stage in keys:
            found |= {(int(rule.element_id or 0), stage) for rule in self.speaking_of.get(element, [])}
        return found

    def about(self, elements: Iterable[int]) -> Rulebook:
        """Return the rules that are told at these facts."""
        wanted = set(elements)
        return Rulebook([rule for rule in self.book.between if rule.element_id in wanted], self.book.single)

    def needed_for(self, elements: Iterable[int]) -> set[int]:
        """Return these facts and all that the rules told at them speak of."""
        wanted = set(elements)
        parts = {part for rule in self.about(wanted).between for part in self.parts(rule)}
        return wanted | {part for part in parts if part is not None}

    def compared_with_peers(self, elements: Iterable[int]) -> set[int]:
        """Return those of these facts that a rule holds against schools of the type."""
        return {one for one in elements if self.book.rule(RuleKind.PEER_OUTLIER, one) is not None}


_kept: KeptRules | None = None


def kept_rules() -> KeptRules:
    """Return the rules as they are (one query, two more when a rule or a fact has changed)."""
    global _kept
    with connection.cursor() as cursor:
        cursor.execute(STAMP)
        stamp = str(cursor.fetchone()[0])
    kept = _kept
    if kept is None or kept.stamp != stamp:
        kept = _kept = _read(stamp)
    return kept


def _read(stamp: str) -> KeptRules:
    book = bind(ValidationRule.objects.select_related("element", "other"))
    facts = DataElement.objects.in_bulk()
    kept = KeptRules(stamp, book, facts, {fact.code: pk for pk, fact in facts.items()})
    for rule in kept.book.between:
        for part in kept.parts(rule):
            if part is not None:
                kept.speaking_of[part].append(rule)
    return kept
