"""What the page of rules is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import is_administrator
from apps.collection.rules.record import Record, records
from apps.core.numbers import plain_text
from apps.core.templatetags.lusong import local_text
from apps.plans.enums import RuleKind
from apps.plans.models import DataElement, ValidationRule
from apps.plans.rules.models import BETWEEN
from apps.plans.rules.permissions import concerns_own_region_alone, facts_led, facts_of_others

PERCENT = (RuleKind.JUMP_PREVIOUS, RuleKind.JUMP_LAST_YEAR)


@dataclass(frozen=True)
class RuleRow:
    """One rule in words, its record, and whether the reader may edit it."""

    rule: ValidationRule
    subject: str
    limit: str
    record: Record
    may_edit: bool


@dataclass(frozen=True)
class RuleFilter:
    """What of the list is shown; unknown values show everything."""

    kind: str = ""
    state: str = ""

    @classmethod
    def read(cls, data: Mapping[str, str]) -> RuleFilter:
        kind, state = data.get("kind", ""), data.get("state", "")
        return cls(kind if kind in RuleKind.values else "", state if state in ("on", "off", "fired") else "")


def rule_rows(user: User, chosen: RuleFilter) -> list[RuleRow]:
    """Return the rules in their kinds' order (6 queries at most)."""
    found = records(user)
    rules = ValidationRule.objects.visible_to(user).select_related("element", "other", "changed_by")
    if chosen.kind:
        rules = rules.filter(kind=chosen.kind)
    if chosen.state in ("on", "off"):
        rules = rules.filter(is_active=chosen.state == "on")
    names = {element.code: local_text(element) for element in DataElement.objects.all()}
    led, others = (None if is_administrator(user) else facts_led(user)), facts_of_others(user)
    is_alone = concerns_own_region_alone(user, None)
    rows = [
        RuleRow(
            rule,
            subject_of(rule, names),
            limit_of(rule),
            found.get(rule.pk, Record()),
            (led is None or rule.element_id in led)
            and (is_alone if rule.element_id is None else rule.element_id not in others),
        )
        for rule in rules
        if chosen.state != "fired" or rule.pk in found
    ]
    order = [kind for kind in RuleKind if kind not in BETWEEN] + list(BETWEEN)
    return sorted(rows, key=lambda row: (order.index(RuleKind(row.rule.kind)), -row.record.fired))


def subject_of(rule: ValidationRule, names: Mapping[str, str]) -> str:
    """Return what a rule is about: a fact, a part and its whole, or every figure."""
    if rule.element is None:
        return _("the whole form") if rule.kind == RuleKind.IDENTICAL else _("every figure")
    parts = [local_text(rule.element), *(names.get(code, code) for code in rule.addends)]
    whole = f" ≤ {local_text(rule.other)}" if rule.other else ""
    return " + ".join(parts) + whole


def limit_of(rule: ValidationRule) -> str:
    """Return a rule's limit with its unit, empty where there is none."""
    if rule.limit is None:
        return ""
    number = plain_text(Decimal(rule.limit))
    if rule.kind in PERCENT:
        return f"{number}%"
    return f"{number} {rule.element.unit}".strip() if rule.element and rule.kind == RuleKind.ABOVE else number
