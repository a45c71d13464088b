"""Which facts a formula may use, and whether the two parts of an indicator fit together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from apps.core.loading import Problem
from apps.organisations.enums import Stage
from apps.plans.enums import Accumulation, Aggregation, Privacy, Reporter, ValueType
from apps.plans.formulas import Formula, FormulaError, parse
from apps.plans.loading.records import ElementRecord, IndicatorRecord, PlanBundle
from apps.plans.models import DataElement, Indicator

Elements = Mapping[str, ElementRecord] | Mapping[str, DataElement]
Owner = IndicatorRecord | Indicator
PRIVACY = Privacy.values  # from the open to the most private
NEEDS_DENOMINATOR = frozenset({Aggregation.RATIO_OF_SUMS, Aggregation.SHARE_TRUE, Aggregation.WEIGHTED_CV})
NO_DENOMINATOR = frozenset({Aggregation.SUM, Aggregation.COUNT_TRUE})


def check_formulas(bundle: PlanBundle) -> Iterator[Problem]:
    """Check each indicator's two formulas and that every data element serves one."""
    elements = {element.code: element for element in bundle.elements}
    used: set[str] = set()
    lead_of: dict[str, str] = {}
    for indicator in bundle.indicators:
        parts, sentences = _parts(indicator)
        used |= {code for part in parts for code in part.elements}
        sentences += _fit(indicator, parts, elements)
        sentences += _leads(indicator, parts, elements, lead_of)
        yield from (Problem(indicator.place, sentence) for sentence in sentences)
    for code in sorted(elements.keys() - used):
        yield Problem(elements[code].place, _("no indicator uses this data element."))


def formula_mistakes(indicator: Indicator, elements: Mapping[str, DataElement]) -> list[str]:
    """Say in sentences what is wrong with the formulas of a stored indicator, over facts by code."""
    parts, sentences = _parts(indicator)
    return sentences + _fit(indicator, parts, elements)


def _fit(indicator: Owner, parts: list[Formula], elements: Elements) -> list[str]:
    return [*_facts(indicator, parts, elements), *_shape(indicator, parts, elements)]


def _parts(indicator: Owner) -> tuple[list[Formula], list[str]]:
    parts, sentences = [], []
    for name, text in (("numerator", indicator.numerator), ("denominator", indicator.denominator)):
        try:
            parts += [parse(text)] if text else []
        except FormulaError as error:
            sentences.append(_("the %(part)s cannot be read: %(error)s.") % {"part": name, "error": error})
    return parts, sentences


def _facts(indicator: Owner, parts: list[Formula], elements: Elements) -> Iterator[str]:
    for part in parts:
        for code in sorted(part.elements - elements.keys()):
            yield _("the formula uses %(code)s, which is neither a data element nor a school attribute.") % {
                "code": code
            }
        facts = [elements[code] for code in sorted(part.elements & elements.keys())]
        for fact in facts:
            if PRIVACY.index(fact.privacy) > PRIVACY.index(indicator.privacy):
                yield _("%(code)s is more private than the indicator that would tell it.") % {
                    "code": fact.code
                }
            if fact.value_type in (ValueType.TEXT, ValueType.DATE):
                yield _("the formula uses %(code)s, which is not a number.") % {"code": fact.code}
            if (fact.accumulation == Accumulation.FLOW) != (indicator.accumulation == Accumulation.FLOW):
                yield _("%(code)s and the indicator do not accumulate alike: only flows are summed.") % {
                    "code": fact.code
                }
        if len({fact.reporter for fact in facts}) > 1:
            yield _("“%(formula)s” mixes facts of schools and of offices.") % {"formula": part.text}
        elif len({fact.per_stage for fact in facts}) > 1:
            yield _("“%(formula)s” mixes facts asked for each stage with facts asked once.") % {
                "formula": part.text
            }
        if part.attributes and any(fact.reporter == Reporter.OFFICE for fact in facts):
            yield _("“%(formula)s” asks for a school attribute of an office's fact.") % {"formula": part.text}


def _shape(indicator: Owner, parts: list[Formula], elements: Elements) -> Iterator[str]:
    if indicator.aggregation in NEEDS_DENOMINATOR and not indicator.denominator:
        yield _("%(aggregation)s needs a denominator.") % {"aggregation": indicator.aggregation}
    if indicator.aggregation in NO_DENOMINATOR and indicator.denominator:
        yield _("%(aggregation)s takes no denominator.") % {"aggregation": indicator.aggregation}
    if indicator.denominator and not (indicator.denominator_label and indicator.denominator_label_en):
        yield _("the denominator is not said in words.")
    facts = [elements[code] for part in parts for code in part.elements if code in elements]
    leading = [elements[code] for code in (parts[0].elements if parts else ()) if code in elements]
    if parts and indicator.numerator and not parts[0].elements:
        yield _("the numerator uses no fact.")
    if any(fact.reporter != indicator.reporter for fact in leading):
        yield _("the facts of the numerator are not reported by the indicator's reporter.")
    yield from _scope(indicator, [fact for fact in facts if fact.reporter == Reporter.SCHOOL])


def _scope(indicator: Owner, school_facts: list[ElementRecord | DataElement]) -> Iterator[str]:
    per_stage = {fact.per_stage for fact in school_facts}
    if indicator.reporter == Reporter.OFFICE:
        if indicator.applies_to or indicator.stages:
            yield _("an office's indicator has no school types and stages.")
    elif not indicator.applies_to:
        yield _("a school's indicator names the school types it applies to.")
    if len(per_stage) > 1:
        yield _("one part is asked for each stage and the other once: their units differ.")
    elif per_stage == {True} and not indicator.stages:
        yield _("facts asked for each stage need the stages.")
    elif per_stage == {False} and indicator.stages:
        yield _("facts asked once for a school leave the stages empty.")
    if Stage.WHOLE in indicator.stages:
        yield _("the whole organisation is not a stage.")


def _leads(
    indicator: IndicatorRecord, parts: list[Formula], elements: Elements, lead_of: dict[str, str]
) -> Iterator[str]:
    """An office's fact is owed by one lead office, so all its indicators must have the same."""
    if not indicator.offices:
        return
    codes = {code for part in parts for code in part.elements if code in elements}
    for code in sorted(codes):
        lead = lead_of.setdefault(code, indicator.offices[0])
        if elements[code].reporter == Reporter.OFFICE and lead != indicator.offices[0]:
            yield _("%(code)s already belongs to the lead office %(office)s.") % {
                "code": code,
                "office": lead,
            }
