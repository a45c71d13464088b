"""What one reader may see of an explanation.

Whoever may not see a small total sees no number; slices and schools that would tell a small cell show none to
anybody but the school itself, as `veils` says for every page.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from apps.accounts.models import User
from apps.plans.enums import Basis, Privacy, SliceKind
from apps.plans.models import Baseline, PlanPolicy
from apps.rollups.aggregates import Statistics
from apps.rollups.explain_units import UnitRow
from apps.rollups.judging import NOT_YET, Verdict
from apps.rollups.models import Result
from apps.rollups.subjects import NEEDS_BASELINE
from apps.rollups.suppression import QuarterFigure, Viewer, hidden_quarters, viewer_of
from apps.rollups.veils import OPEN, Veil, veils_of

if TYPE_CHECKING:
    from apps.rollups.explain import Explanation


def for_reader(explanation: Explanation, results: list[Result], user: User) -> Explanation:
    """Keep other schools from a school, and small cells from everybody but the school itself."""
    indicator = explanation.indicator
    policies = PlanPolicy.objects.filter(plan=indicator.plan_id)
    reader = viewer_of(user, threshold=policies.values_list("small_cell_threshold", flat=True)[0])
    if indicator.privacy != Privacy.SMALL_CELL:
        return _only_own(explanation, user) if user.is_school_member else explanation
    veil = veils_of(
        plan=indicator.plan,
        loaded=[explanation.definition],
        quarter=explanation.period.quarter,
        threshold=reader.threshold,
        region_id=explanation.region.pk,
    ).get(indicator.pk, OPEN)
    hides_total = _hides_total(explanation, results, reader)
    if user.is_school_member:
        explanation = _only_own(explanation, user)
    else:
        rows = [_veiled(row, veil, hides_total) for row in explanation.included]
        explanation = replace(explanation, included=rows)
    explanation = _without_tell_tales(explanation, user)
    if explanation.slice_kind == SliceKind.ALL:
        return _without_total(explanation) if hides_total else explanation
    is_hidden = veil.hides_slice(explanation.slice_kind, explanation.slice_value)
    return _without_total(explanation) if is_hidden else explanation


def _veiled(row: UnitRow, veil: Veil, hides_total: bool) -> UnitRow:
    """An office's own figure is the total; of a school what it reported in one quarter counts."""
    if not row.organisation.is_school:
        return row.hidden() if hides_total else row
    return row.hidden() if veil.hides_amount(row.organisation.pk, row.stage, row.quarter) else row


def _hides_total(explanation: Explanation, results: list[Result], reader: Viewer) -> bool:
    figures = {
        result.as_of.quarter: QuarterFigure(result.numerator, result.denominator, result.n_reported > 0)
        for result in results
        if result.slice_kind == SliceKind.ALL and result.as_of is not None
    }
    hidden = hidden_quarters(explanation.indicator, figures, reader)
    return explanation.as_of is not None and explanation.as_of.quarter in hidden


def _without_tell_tales(explanation: Explanation, user: User) -> Explanation:
    """Take away the weakest school's figure, and a hidden baseline with all that would tell it."""
    indicator, baseline = explanation.indicator, explanation.baseline
    statistics = replace(explanation.statistics, minimum=None, maximum=None)
    explanation = replace(explanation, statistics=statistics)
    if baseline is None or Baseline.objects.visible_to(user).filter(pk=baseline.pk).exists():
        return explanation
    revision = explanation.revision
    tells = indicator.basis == Basis.CHANGE or (revision is not None and revision.operator in NEEDS_BASELINE)
    verdict = replace(explanation.verdict, change=None)
    if tells:
        verdict = replace(
            verdict, gap=None, gap_units=None, achievement=None, required=None, forecast=NOT_YET
        )
    return replace(explanation, verdict=verdict, baseline=None)


def _only_own(explanation: Explanation, viewer: User) -> Explanation:
    own = viewer.organisation_id
    return replace(
        explanation,
        included=[row for row in explanation.included if row.organisation.pk == own],
        excluded=[row for row in explanation.excluded if row.organisation.pk == own],
    )


def _without_total(explanation: Explanation) -> Explanation:
    """Take away every number that could tell the small cell; the reader's own school keeps its own."""
    verdict = Verdict(status=explanation.verdict.status, is_provisional=explanation.verdict.is_provisional)
    counts = Statistics(
        n_due=explanation.statistics.n_due,
        n_reported=explanation.statistics.n_reported,
        n_not_applicable=explanation.statistics.n_not_applicable,
    )
    return replace(explanation, verdict=verdict, statistics=counts, baseline=None, is_hidden=True)
