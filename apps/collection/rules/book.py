"""The rules in force for the facts of one return."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from apps.plans.enums import RuleKind
from apps.plans.models import ValidationRule

OneFact = tuple[str, int | None]


@dataclass
class Rulebook:
    """Rules by kind and fact. One for a single fact, switched off or not, takes the general one's place."""

    between: list[ValidationRule] = field(default_factory=list)
    single: dict[OneFact, ValidationRule] = field(default_factory=dict)

    def rule(self, kind: RuleKind, element_id: int | None) -> ValidationRule | None:
        """Return the rule of a kind in force for a fact (None: for the whole form)."""
        found = self.single.get((kind, element_id)) or self.single.get((kind, None))
        return found if found is not None and found.is_active else None

    def has(self, kind: RuleKind) -> bool:
        """Tell whether a rule of the kind is in force for anything."""
        return any(rule.is_active for (of, _element), rule in self.single.items() if of == kind)


def rulebook(elements: Collection[int]) -> Rulebook:
    """Return the rules that speak of these facts or of every fact (1 query)."""
    rules = ValidationRule.objects.filter(Q(element__in=elements) | Q(element__isnull=True))
    return bind(rules.select_related("element", "other"))


def bind(rules: Iterable[ValidationRule]) -> Rulebook:
    """Return the rules as a book. Pure."""
    book = Rulebook()
    for rule in rules:
        if not rule.is_between:
            book.single[rule.kind, rule.element_id] = rule
        elif rule.is_active:
            book.between.append(rule)
    return book
