from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from apps.core.loading import Problem
from apps.plans.enums import TargetLevel, TargetSource
from apps.plans.formulas import THRESHOLD, FormulaError, parse
from apps.plans.loading.records import IndicatorRecord, PlanBundle, TargetRecord
from apps.plans.validators import OF_CHANGE, WITHOUT_VALUE, target_mistakes


def check_targets(bundle: PlanBundle) -> Iterator[Problem]:
    """Check that a target stands where the plan gives one, and only there, and fits its indicator."""
    for indicator in bundle.indicators:
        for sentence in (*_source(indicator.target), *_fit(indicator), *_threshold(indicator)):
            yield Problem(indicator.place, sentence)


def check_reference_lines(bundle: PlanBundle) -> Iterator[Problem]:
    """Check the national lines: one for each stage, of a comparison that has a number."""
    for indicator in bundle.indicators:
        stages = [line.stage for line in indicator.reference_lines]
        if len(set(stages)) != len(stages):
            yield Problem(indicator.place, _("two reference lines are for the same stage."))
        for line in indicator.reference_lines:
            if line.operator in WITHOUT_VALUE | OF_CHANGE:
                yield Problem(line.place, _("a reference line compares with a number."))


def _source(target: TargetRecord) -> Iterator[str]:
    if target.source == TargetSource.BUREAU_TO_SET:
        if target.has_value or target.text or target.due_on:
            yield _("a target that the bureau is to set has no value, no words and no date here.")
    elif target.source:
        if not target.operator:
            yield _("the plan gives this target, so it says its comparison (operator).")
        if not target.text:
            yield _("the plan gives this target, so it quotes the plan's words (text).")


def _fit(indicator: IndicatorRecord) -> Iterator[str]:
    target = indicator.target
    if indicator.direction in OF_CHANGE and indicator.basis != "change":
        yield _("%(operator)s speaks of a change: the indicator's basis must be the change.") % {
            "operator": indicator.direction
        }
    elif target.operator and target.source != TargetSource.BUREAU_TO_SET:
        yield from target_mistakes(
            direction=indicator.direction,
            basis=indicator.basis,
            operator=target.operator,
            value=target.value,
            value_max=target.value_max,
            due_on=target.due_on,
            is_dated=target.source == TargetSource.PLAN,
        )


def _threshold(indicator: IndicatorRecord) -> Iterator[str]:
    has_line = indicator.target.level == TargetLevel.SCHOOL and indicator.target.value is not None
    if _uses_threshold(indicator) and not has_line:
        yield _("the formula uses %(name)s, but there is no target for every school.") % {"name": THRESHOLD}


def _uses_threshold(indicator: IndicatorRecord) -> bool:
    for text in filter(None, (indicator.numerator, indicator.denominator)):
        try:
            if parse(text).uses_threshold:
                return True
        except FormulaError:
            continue
    return False
