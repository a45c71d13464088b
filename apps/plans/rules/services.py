"""Every change of a rule about figures that a person makes. `by` is whoever does it; each has its reason."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.plans.enums import RuleKind, Severity, ValueType
from apps.plans.models import DataElement, ValidationRule
from apps.plans.rules.models import BETWEEN, MAY_BE_HARD, WITH_LIMIT
from apps.plans.rules.permissions import edits_rules_of

FIGURES = frozenset({ValueType.INTEGER, ValueType.DECIMAL})


@transaction.atomic
def rule_add(
    *,
    kind: str,
    element: DataElement | None,
    reason: str,
    by: User,
    other: DataElement | None = None,
    addends: Sequence[DataElement] = (),
    limit: Decimal | None = None,
    least_change: Decimal = Decimal(0),
    severity: str = Severity.SOFT,
    message: str = "",
) -> ValidationRule:
    """Add a rule.

    Raises:
        PermissionDenied: `by` may not edit rules about the fact.
        ValidationError: it is there already, or what it says does not fit together.
    """
    if not edits_rules_of(by, element):
        raise PermissionDenied
    rule = ValidationRule(
        kind=kind,
        element=element,
        other=other if kind in BETWEEN else None,
        addends=[part.code for part in addends] if kind == RuleKind.SUM_AT_MOST else [],
    )
    _check_facts(rule, [*filter(None, (element, other)), *addends])
    same = ValidationRule.objects.filter(kind=kind, element=element, other=rule.other, addends=rule.addends)
    if same.exists():
        raise ValidationError(_("There is such a rule already; change that one."))
    return _write(rule, limit, least_change, severity, message, True, reason, by)


@transaction.atomic
def rule_change(
    *,
    rule: ValidationRule,
    limit: Decimal | None,
    least_change: Decimal,
    severity: str,
    message: str,
    is_active: bool,
    reason: str,
    by: User,
) -> ValidationRule:
    """Change a rule's limits, words or consequence, or switch it off or on.

    Raises:
        PermissionDenied: `by` may not edit rules about its fact.
        ValidationError: no reason, or values that do not fit its kind.
    """
    current = ValidationRule.objects.select_for_update(of=("self",)).select_related("element").get(pk=rule.pk)
    if not edits_rules_of(by, current.element):
        raise PermissionDenied
    return _write(current, limit, least_change, severity, message, is_active, reason, by)


def _write(
    rule: ValidationRule,
    limit: Decimal | None,
    least_change: Decimal,
    severity: str,
    message: str,
    is_active: bool,
    reason: str,
    by: User,
) -> ValidationRule:
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason.")})
    has_limit = rule.kind in WITH_LIMIT
    if has_limit and (limit is None or (limit <= 0 and rule.kind != RuleKind.ABOVE)):
        raise ValidationError({"limit": _("This kind needs a limit above 0.")})
    if severity == Severity.HARD and rule.kind not in MAY_BE_HARD:
        raise ValidationError({"severity": _("This kind can only ask for a reason.")})
    if least_change < 0:
        raise ValidationError({"least_change": _("Write 0 or more.")})
    rule.limit, rule.least_change = (limit if has_limit else None), least_change
    rule.severity, rule.message, rule.is_active = severity, message.strip(), is_active
    rule.reason, rule.changed_by, rule.changed_at = reason.strip(), by, timezone.now()
    rule.full_clean(validate_unique=False, validate_constraints=False)
    rule.save()
    return rule


def _check_facts(rule: ValidationRule, facts: Sequence[DataElement]) -> None:
    if rule.kind in BETWEEN and (rule.element is None or rule.other is None):
        raise ValidationError({"other": _("Choose the part and the whole.")})
    if (rule.kind == RuleKind.SUM_AT_MOST) != bool(rule.addends):
        raise ValidationError({"addends": _("A sum needs at least two parts.")})
    if rule.kind == RuleKind.ABOVE and rule.element is None:
        raise ValidationError({"element": _("Choose the fact.")})
    if rule.kind == RuleKind.IDENTICAL and rule.element is not None:
        raise ValidationError({"element": _("This kind is for the whole form.")})
    if any(fact.value_type not in FIGURES for fact in facts):
        raise ValidationError({"element": _("Only numbers can be held against a rule.")})
    if len({fact.pk for fact in facts}) != len(facts):
        raise ValidationError({"other": _("A rule compares different facts.")})
    if len({(fact.reporter, fact.per_stage) for fact in facts}) > 1:
        raise ValidationError({"other": _("These facts do not stand in the same form and stage.")})
