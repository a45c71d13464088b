from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from apps.core.loading import Problem
from apps.plans.enums import RuleKind, Severity, ValueType
from apps.plans.loading.records import ElementRecord, PlanBundle, RuleRecord
from apps.plans.rules.models import BETWEEN, MAY_BE_HARD, WITH_LIMIT

NUMBERS = frozenset({ValueType.INTEGER, ValueType.DECIMAL})


def check_rules(bundle: PlanBundle) -> Iterator[Problem]:
    """Check rules.yaml: rules speak of numbers that one unit reports and have what their kind needs."""
    elements = {element.code: element for element in bundle.elements}
    for rule in bundle.rules:
        for sentence in (*_shape(rule), *_facts(rule, elements)):
            yield Problem(rule.place, sentence)


def _shape(rule: RuleRecord) -> Iterator[str]:
    if rule.kind in BETWEEN and not (rule.element and rule.other):
        yield _("a rule between facts needs element and other.")
    if rule.kind not in BETWEEN and (rule.other or rule.addends):
        yield _("only a rule between facts has other and addends.")
    if (rule.kind == RuleKind.SUM_AT_MOST) != bool(rule.addends):
        yield _("a sum, and nothing else, has addends.")
    if (rule.kind in WITH_LIMIT) != (rule.limit is not None):
        yield _("limit is missing, or does not belong to this kind.")
    if rule.limit is not None and rule.limit <= 0 and rule.kind != RuleKind.ABOVE:
        yield _("limit must be above 0.")
    if rule.severity == Severity.HARD and rule.kind not in MAY_BE_HARD:
        yield _("this kind only asks for a reason.")
    if rule.kind == RuleKind.ABOVE and not rule.element:
        yield _("this kind needs an element.")
    if rule.kind == RuleKind.IDENTICAL and rule.element:
        yield _("this kind is for the whole form.")


def _facts(rule: RuleRecord, elements: dict[str, ElementRecord]) -> Iterator[str]:
    codes = [code for code in (rule.element, *rule.addends, rule.other) if code]
    for code in codes:
        if code not in elements:
            yield _("there is no data element %(code)s.") % {"code": code}
        elif elements[code].value_type not in NUMBERS:
            yield _("%(code)s is not a number.") % {"code": code}
    known = [elements[code] for code in codes if code in elements]
    if len(codes) != len(set(codes)):
        yield _("a rule compares different facts.")
    if len({(element.reporter, element.per_stage) for element in known}) > 1:
        yield _("the facts are not reported by the same unit.")
