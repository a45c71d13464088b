from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterator

from django.utils.translation import gettext as _

from apps.core.loading import Problem
from apps.plans.enums import Accumulation, Reporter, ValueType
from apps.plans.formulas import ATTRIBUTES, THRESHOLD
from apps.plans.loading.records import ElementRecord, PlanBundle

NUMBERS = frozenset({ValueType.INTEGER, ValueType.DECIMAL})
RESERVED = ATTRIBUTES | {THRESHOLD, *keyword.kwlist}
LARGEST_DECIMALS = 4


def check_elements(bundle: PlanBundle) -> Iterator[Problem]:
    """Check the shape of each data element, and the rules between them."""
    for element in bundle.elements:
        for sentence in (*_name(element), *_limits(element), *_choices(element), *_reporting(element)):
            yield Problem(element.place, sentence)
    yield from _asked_twice(bundle)
    yield from _fact_rules(bundle)


def meaning_of(name: str, unit: str, reporter: str) -> tuple[str, str, str]:
    """Return what makes two facts the same question: the bare words of the name, the unit, who is asked.

    Width, case, spaces, punctuation and 的 do not make another question.
    """
    words = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name)).casefold()
    return (words.replace("的", ""), unicodedata.normalize("NFKC", unit).strip().casefold(), str(reporter))


def _asked_twice(bundle: PlanBundle) -> Iterator[Problem]:
    """Each fact is asked once: the same question under another code is refused where it is designed."""
    first: dict[tuple[str, str, str], str] = {}
    for element in bundle.elements:
        if not element.name:
            continue
        known = first.setdefault(meaning_of(element.name, element.unit, element.reporter), element.code)
        if known != element.code:
            text = _("“%(name)s” is asked already, as %(code)s: use that fact instead of a second one.")
            yield Problem(element.place, text % {"name": element.name, "code": known})


def _name(element: ElementRecord) -> Iterator[str]:
    if element.code and not re.fullmatch(r"[a-z][a-z0-9_]*", element.code):
        yield _("the code must be a name of small letters, digits and underscores.")
    if element.code in RESERVED:
        yield _("%(code)s means something else in a formula.") % {"code": element.code}


def _limits(element: ElementRecord) -> Iterator[str]:
    limits = (element.minimum, element.maximum, element.warn_above, element.warn_change_percent)
    if element.value_type not in NUMBERS and any(limit is not None for limit in limits):
        yield _("only a number has limits and warnings.")
    if element.minimum is not None and element.maximum is not None and element.minimum > element.maximum:
        yield _("the minimum is above the maximum.")
    if element.warn_change_percent is not None and element.warn_change_percent <= 0:
        yield _("the change that asks for a reason must be above 0 %.")
    if element.value_type == ValueType.DECIMAL and not 1 <= element.decimals <= LARGEST_DECIMALS:
        yield _("a decimal has 1 to %(limit)d decimals.") % {"limit": LARGEST_DECIMALS}
    if element.value_type != ValueType.DECIMAL and element.decimals:
        yield _("only a decimal has decimals.")


def _choices(element: ElementRecord) -> Iterator[str]:
    values = [choice.value for choice in element.choices]
    if element.value_type == ValueType.CHOICE:
        if len(values) < 2:
            yield _("a choice needs at least two choices.")
        if len(set(values)) != len(values):
            yield _("two choices have the same value.")
    elif values:
        yield _("only a choice has choices.")
    if (
        element.value_type in (ValueType.BOOLEAN, ValueType.CHOICE)
        and element.accumulation == Accumulation.FLOW
    ):
        yield _("yes or no and choices cannot be summed over quarters: they are no flow.")
    if element.value_type == ValueType.BOOLEAN and element.unit:
        yield _("yes or no has no unit.")


def _reporting(element: ElementRecord) -> Iterator[str]:
    if element.reporter == Reporter.OFFICE and element.per_stage:
        yield _("an office reports one figure, not one for each stage.")


def _fact_rules(bundle: PlanBundle) -> Iterator[Problem]:
    elements = {element.code: element for element in bundle.elements}
    for rule in bundle.fact_rules:
        left, right = elements.get(rule.left), elements.get(rule.right)
        for code, element in ((rule.left, left), (rule.right, right)):
            if code and element is None:
                yield Problem(rule.place, _("there is no data element %(code)s.") % {"code": code})
            elif element and element.value_type not in NUMBERS:
                yield Problem(rule.place, _("%(code)s is not a number.") % {"code": code})
        if rule.left == rule.right:
            yield Problem(rule.place, _("a rule compares two different facts."))
        if left and right and (left.reporter, left.per_stage) != (right.reporter, right.per_stage):
            yield Problem(rule.place, _("the two facts are not reported by the same unit."))
