"""What a plan's files must satisfy together. Pure; all problems are found, not the first alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import Protocol

from django.utils.translation import gettext as _

from apps.core.loading import Problem
from apps.plans.loading.check_elements import check_elements
from apps.plans.loading.check_formulas import check_formulas
from apps.plans.loading.check_rules import check_rules
from apps.plans.loading.check_targets import check_reference_lines, check_targets
from apps.plans.loading.records import AreaRecord, IndicatorRecord, MeasureRecord, PlanBundle
from apps.plans.loading.texts import cut_areas, locate


class Placed(Protocol):
    @property
    def place(self) -> str: ...


def check(bundle: PlanBundle, *, district: str, office_keys: Collection[str]) -> list[Problem]:
    """Return every problem of a plan's files; `district` and `office_keys` are those of its organisations."""
    return list(
        chain(
            _check_plan(bundle, district),
            _check_duplicates(bundle),
            _check_areas(bundle),
            _check_references(bundle),
            _check_offices(bundle, office_keys),
            _check_quotes(bundle),
            check_elements(bundle),
            check_rules(bundle),
            check_formulas(bundle),
            check_targets(bundle),
            check_reference_lines(bundle),
        )
    )


def _check_plan(bundle: PlanBundle, district: str) -> Iterator[Problem]:
    plan = bundle.plan
    if plan.region and district and plan.region != district:
        words = {"region": plan.region, "district": district}
        yield Problem(plan.place, _("the region %(region)s is not the district %(district)s.") % words)
    if plan.cross_review_office and plan.cross_review_office == plan.second_review_office:
        yield Problem(plan.place, _("the second reviewing office must be another one."))
    if plan.closing and not any(line.startswith(plan.closing) for line in bundle.text.split("\n")):
        yield Problem(plan.place, _("no paragraph of the text begins with the closing words."))


def _check_duplicates(bundle: PlanBundle) -> Iterator[Problem]:
    yield from _twice((area, area.number) for area in bundle.areas)
    yield from _twice((element, element.code) for element in bundle.elements)
    yield from _twice((rule, f"{rule.left} ≤ {rule.right}") for rule in bundle.fact_rules)
    yield from _twice(
        (rule, " ".join(filter(None, (rule.kind, rule.element, *rule.addends, rule.other))))
        for rule in bundle.rules
    )
    yield from _twice((indicator, indicator.code) for indicator in bundle.indicators)
    yield from _twice((measure, measure.code) for measure in bundle.measures)


def _twice(named: Iterable[tuple[Placed, object]]) -> Iterator[Problem]:
    seen: Counter[object] = Counter()
    for record, name in named:
        seen[name] += 1
        if name and seen[name] == 2:
            yield Problem(record.place, _("%(code)s stands there twice.") % {"code": name})


def _check_areas(bundle: PlanBundle) -> Iterator[Problem]:
    texts = cut_areas(bundle.text, closing=bundle.plan.closing)
    if not texts:
        yield Problem("text.txt", _("no area begins with a heading like “1.”."))
    for area in bundle.areas:
        found = texts.get(area.number)
        if found is None:
            yield Problem(area.place, _("the text has no area %(number)d.") % {"number": area.number})
        elif found.name != area.name:
            words = {"name": area.name, "heading": found.name}
            yield Problem(
                area.place, _("the name is %(name)s, but the text's heading is %(heading)s.") % words
            )
    for number in sorted(set(texts) - {area.number for area in bundle.areas}):
        yield Problem("areas.yaml", _("area %(number)d of the text is missing.") % {"number": number})


def _check_references(bundle: PlanBundle) -> Iterator[Problem]:
    areas = {area.number for area in bundle.areas}
    codes = {indicator.code for indicator in bundle.indicators}
    for indicator in bundle.indicators:
        for number in (indicator.area, *indicator.also_in):
            if number not in areas:
                yield Problem(indicator.place, _("there is no area %(number)d.") % {"number": number})
        if indicator.area in indicator.also_in:
            yield Problem(indicator.place, _("also_in names the indicator's own area."))
        if not set(indicator.due_quarters) <= {1, 2, 3, 4}:
            yield Problem(indicator.place, _("a quarter is 1, 2, 3 or 4."))
    for measure in bundle.measures:
        if measure.area not in areas:
            yield Problem(measure.place, _("there is no area %(number)d.") % {"number": measure.area})
        for code in measure.indicators:
            if code not in codes:
                yield Problem(measure.place, _("there is no indicator %(code)s.") % {"code": code})


def _check_offices(bundle: PlanBundle, office_keys: Collection[str]) -> Iterator[Problem]:
    plan = bundle.plan
    records: list[AreaRecord | IndicatorRecord | MeasureRecord] = [
        *bundle.areas,
        *bundle.indicators,
        *bundle.measures,
    ]
    named: list[tuple[str, tuple[str, ...]]] = [
        (plan.place, (plan.cross_review_office, plan.second_review_office))
    ]
    named += [(record.place, record.offices) for record in records]
    for place, keys in named:
        for key in keys:
            if key and key not in office_keys:
                yield Problem(place, _("there is no office %(key)s.") % {"key": key})


def _check_quotes(bundle: PlanBundle) -> Iterator[Problem]:
    texts = cut_areas(bundle.text, closing=bundle.plan.closing)
    records: list[IndicatorRecord | MeasureRecord] = [*bundle.indicators, *bundle.measures]
    for record in records:
        area = texts.get(record.area)
        if area and record.quote and locate(record.quote, area.text) is None:
            words = {"quote": record.quote, "number": record.area}
            yield Problem(record.place, _("“%(quote)s” is not in the text of area %(number)d.") % words)
    for indicator in bundle.indicators:
        area, words_of_plan = texts.get(indicator.area), indicator.target.text
        if area and words_of_plan and locate(words_of_plan, area.text) is None:
            words = {"quote": words_of_plan, "number": indicator.area}
            yield Problem(
                indicator.place,
                _("the target's words “%(quote)s” are not in the text of area %(number)d.") % words,
            )
