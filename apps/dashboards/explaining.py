"""An explanation as a page shows it: the sum in numbers, the judgement in words, who is in and who is out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from apps.core import clock, display
from apps.dashboards import wording
from apps.dashboards.lights import HIDDEN
from apps.dashboards.reading_cells import slice_name
from apps.dashboards.readings import Reading
from apps.dashboards.selectors import Scope
from apps.dashboards.tables import Cell, Column, Table, count_cell, text_cell
from apps.dashboards.targets_text import baseline_text, target_words
from apps.organisations.enums import Stage
from apps.plans.enums import SliceKind
from apps.rollups import explain_words
from apps.rollups.explain import Explanation
from apps.rollups.explain_units import UnitRow


def reading_of(explanation: Explanation) -> Reading:
    """Return the explained figure as a reading, with the signals every page shows."""
    statistics, verdict, as_of = explanation.statistics, explanation.verdict, explanation.as_of
    return Reading(
        indicator=explanation.indicator,
        quarter=explanation.period.quarter,
        status=HIDDEN if explanation.is_hidden else verdict.status,
        slice_kind=explanation.slice_kind,
        slice_value=explanation.slice_value,
        value=wording.as_decimal(verdict.value),
        numerator=wording.as_decimal(statistics.numerator),
        denominator=wording.as_decimal(statistics.denominator),
        change=wording.as_decimal(verdict.change),
        gap=wording.as_decimal(verdict.gap),
        n_due=statistics.n_due,
        n_reported=statistics.n_reported,
        n_not_applicable=statistics.n_not_applicable,
        as_of_quarter=as_of.quarter if as_of else None,
        as_of_date=as_of.ends_on if as_of else None,
        target=explanation.revision,
        gap_units=wording.as_decimal(verdict.gap_units),
        achievement=wording.as_decimal(verdict.achievement),
        required=wording.as_decimal(verdict.required),
        reason=verdict.reason,
        carried_status=verdict.carried_status,
        recovered_from=verdict.recovered_from,
        confidence=verdict.confidence,
        due_on=as_of.due_on if as_of else None,
        is_overdue=as_of is not None and clock.today() > as_of.due_on,
        is_exceeded=verdict.is_exceeded,
        is_provisional=verdict.is_provisional,
        is_hidden=explanation.is_hidden,
        steps=explain_words.steps_in(explanation),
    ).settled()


@dataclass(frozen=True)
class ExplainPage:
    """One explanation with its words and tables."""

    scope: Scope
    explanation: Explanation

    @property
    def reading(self) -> Reading:
        return reading_of(self.explanation)

    @property
    def slice_text(self) -> str:
        """The slice in words; empty for the whole."""
        explanation = self.explanation
        if explanation.slice_kind == SliceKind.ALL:
            return ""
        return slice_name(explanation.slice_kind, explanation.slice_value)

    @property
    def formula_text(self) -> str:
        return explain_words.formula_text(self.explanation)

    @property
    def filled_text(self) -> str:
        """The formula with the sums; empty without a value."""
        return explain_words.filled_text(self.explanation)

    @property
    def judgement_text(self) -> str:
        return explain_words.judgement_text(self.explanation)

    @property
    def target_text(self) -> str:
        """The target in force in words, empty without one."""
        explanation = self.explanation
        return target_words(explanation.indicator, explanation.revision) if explanation.revision else ""

    @property
    def baseline_text(self) -> str:
        """The locked baseline as numerator, denominator and value; empty without one."""
        baseline, indicator = self.explanation.baseline, self.explanation.indicator
        if baseline is None:
            return ""
        value = baseline_text(indicator, baseline)
        if baseline.denominator is None:
            return value
        return f"{count_cell(baseline.numerator).text} ÷ {count_cell(baseline.denominator).text} = {value}"

    @property
    def extremes_text(self) -> str:
        """The weakest unit of a line every school must meet, where no small cell could show."""
        statistics = self.explanation.statistics
        if self.explanation.threshold is None or statistics.minimum is None or self.explanation.is_hidden:
            return ""
        lowest, highest = (
            display.number_text(wording.as_decimal(level) or 0, 1)
            for level in (statistics.minimum, statistics.maximum)
        )
        return gettext("lowest %(lowest)s, highest %(highest)s") % {"lowest": lowest, "highest": highest}

    @property
    def included(self) -> Table:
        return included_table(
            self.explanation.included, has_denominator=bool(self.explanation.indicator.denominator)
        )

    @property
    def excluded(self) -> Table:
        return excluded_table(self.explanation.excluded)

    @property
    def tables(self) -> dict[str, Table]:
        return {"included": self.included, "excluded": self.excluded}


def _who(row: UnitRow) -> list[Cell]:
    href = reverse("dashboards:school", args=[row.organisation.pk]) if row.organisation.is_school else ""
    return [
        text_cell(wording.in_language(row.organisation), href=href),
        text_cell(Stage(row.stage).label),
        text_cell(wording.quarter_name(row.quarter)),
    ]


def _who_columns() -> list[Column]:
    return [Column(gettext("Reported by"), 28), Column(gettext("Stage"), 12), Column(gettext("Quarter"), 12)]


def included_table(rows: Sequence[UnitRow], *, has_denominator: bool) -> Table:
    """Return the units in the sum with their amounts and who accepted them."""
    is_measured = any(row.measured is not None for row in rows)
    columns = _who_columns()
    columns += [Column(gettext("Measured"), 12, numeric=True)] if is_measured else []
    columns += [Column(gettext("Numerator"), 12, numeric=True)]
    columns += [Column(gettext("Denominator"), 12, numeric=True)] if has_denominator else []
    columns += [Column(gettext("Accepted by"), 20), Column(gettext("Accepted at"), 18)]
    return Table(
        gettext("In the sum"), columns, [_included_row(row, has_denominator, is_measured) for row in rows]
    )


def _included_row(row: UnitRow, has_denominator: bool, is_measured: bool) -> list[Cell]:
    instead = gettext("Hidden: small numbers") if row.is_hidden else "—"
    at = timezone.localtime(row.accepted_at).strftime("%Y-%m-%d %H:%M") if row.accepted_at else "—"
    return [
        *_who(row),
        *([count_cell(row.measured, instead=instead)] if is_measured else []),
        count_cell(row.numerator, instead=instead),
        *([count_cell(row.denominator, instead=instead)] if has_denominator else []),
        text_cell(row.accepted_by.name if row.accepted_by else "—"),
        text_cell(at),
    ]


def excluded_table(rows: Sequence[UnitRow]) -> Table:
    """Return the units that are not in the sum, each with the reason."""
    columns = [*_who_columns(), Column(gettext("Why not"), 20), Column(gettext("Remark"), 30)]
    return Table(gettext("Not in the sum"), columns, [_excluded_row(row) for row in rows])


def _excluded_row(row: UnitRow) -> list[Cell]:
    reason = row.exclusion.label if row.exclusion else "—"
    return [*_who(row), text_cell(reason), text_cell(row.note or "—")]
