from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.core.loading import Outcome, Report
from apps.plans.enums import RuleKind, Severity
from apps.plans.loading.records import PlanBundle
from apps.plans.loading.retiring import carries_data
from apps.plans.models import DataElement, ValidationRule

Identity = tuple[str, int | None, int | None, tuple[str, ...]]


@dataclass(frozen=True)
class Wanted:
    """A rule that the files ask for."""

    name: str
    severity: str
    limit: Decimal | None = None
    least_change: Decimal = Decimal(0)


def apply_rules(bundle: PlanBundle, elements: dict[str, DataElement], report: Report) -> None:
    """Make the rules exactly those of the files; what the bureau changed or added stays as it is."""
    wanted = dict(_wanted(bundle, elements))
    present = {_identity(rule): rule for rule in ValidationRule.objects.select_related("element", "other")}
    for identity, want in wanted.items():
        _write(identity, want, present.get(identity), report)
    pks = {element.pk for element in elements.values()}
    for identity, rule in present.items():
        if identity not in wanted and (rule.element_id is None or rule.element_id in pks):
            _retire(rule, report)


def _wanted(bundle: PlanBundle, elements: dict[str, DataElement]) -> Iterator[tuple[Identity, Wanted]]:
    for pair in bundle.fact_rules:
        identity = (RuleKind.AT_MOST.value, elements[pair.left].pk, elements[pair.right].pk, ())
        yield identity, Wanted(f"{pair.left} ≤ {pair.right}", Severity.HARD)
    for record in bundle.elements:
        pk = elements[record.code].pk
        if record.warn_above is not None:
            name = f"{record.code} {RuleKind.ABOVE.label}"
            yield (RuleKind.ABOVE.value, pk, None, ()), Wanted(name, Severity.SOFT, record.warn_above)
        if record.warn_change_percent is not None:
            limit, name = Decimal(record.warn_change_percent), f"{record.code} {RuleKind.JUMP_PREVIOUS.label}"
            yield (RuleKind.JUMP_PREVIOUS.value, pk, None, ()), Wanted(name, Severity.SOFT, limit)
    for rule in bundle.rules:
        element = elements[rule.element].pk if rule.element else None
        other = elements[rule.other].pk if rule.other else None
        name = f"{rule.element} {RuleKind(rule.kind).label}".strip()
        yield (
            (rule.kind, element, other, rule.addends),
            Wanted(name, rule.severity, rule.limit, rule.least_change),
        )


def _identity(rule: ValidationRule) -> Identity:
    return (rule.kind, rule.element_id, rule.other_id, tuple(rule.addends))


def _write(identity: Identity, want: Wanted, rule: ValidationRule | None, report: Report) -> None:
    values = {"severity": want.severity, "limit": want.limit, "least_change": want.least_change}
    if rule is None:
        kind, element, other, addends = identity
        ValidationRule.objects.create(
            kind=kind, element_id=element, other_id=other, addends=list(addends), **values
        )
        report.note(_("rule"), want.name, Outcome.CREATED)
        return
    differing = [name for name, value in values.items() if getattr(rule, name) != value]
    if not rule.is_active:
        differing.append("is_active")
    if rule.changed_by_id is not None:
        report.note(_("rule"), want.name, Outcome.KEPT if differing else Outcome.LEFT, differing)
        return
    if differing:
        for name, value in values.items():
            setattr(rule, name, value)
        rule.is_active = True
        rule.save()
    report.note(_("rule"), want.name, Outcome.CHANGED if differing else Outcome.LEFT, differing)


def _retire(rule: ValidationRule, report: Report) -> None:
    """Remove a rule; one that has fired is only switched off, one that the bureau made stays."""
    if rule.changed_by_id is not None or not rule.is_active:
        return
    report.note(_("rule"), _name(rule), Outcome.RETIRED)
    if carries_data(rule):
        rule.is_active = False
        rule.save(update_fields=["is_active"])
    else:
        rule.delete()


def _name(rule: ValidationRule) -> str:
    code = rule.element.code if rule.element else ""
    if rule.kind == RuleKind.AT_MOST and rule.other:
        return f"{code} ≤ {rule.other.code}"
    return f"{code} {rule.get_kind_display()}".strip()
