"""An explanation as a page shows it: the sum in numbers, the judgement in words, who is in and who is out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from apps.core import clock, display
from apps.dashboards import wording
from apps.dashboards.definition_history import change_notes
from apps.dashboards.lights import HIDDEN
from apps.dashboards.reading_cells import slice_name
from apps.dashboards.readings import Reading
from apps.dashboards.selectors import Scope
from apps.dashboards.tables import Cell, Column, Table, count_cell, text_cell
from apps.dashboards.targets_text import baseline_text, target_words
from apps.organisations.enums import Stage
from apps.organisations.models import Organisation
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
        data_until=min(as_of.ends_on, clock.today()) if as_of else None,
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
    """One explanation with its words and tables.

    `school`: only its rows are listed. `openable`: returns that the reader may open.
    """

    scope: Scope
    explanation: Explanation
    school: Organisation | None = None
    openable: frozenset[int] = frozenset()

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
    def definition_text(self) -> str:
        """Which definition counts, where the year has more than one; empty elsewhere."""
        definition = self.explanation.definition
        if not definition.versions:
            return ""
        if definition.change is None:
            return gettext("Computed with the definition at the beginning of the year.")
        return gettext("Computed with the definition that counts from %(date)s (revision %(number)s).") % {
            "date": definition.change.effective_from.isoformat(),
            "number": definition.change.number,
        }

    @property
    def definition_notes(self) -> list[str]:
        versions = self.explanation.definition.versions
        return change_notes(version.change for version in versions if version.change is not None)

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
        indicator = self.explanation.indicator
        rows = [row for row in self.explanation.included if self.shows(row)]
        return included_table(
            rows,
            has_denominator=bool(indicator.denominator),
            names=names_of(self.explanation),
            openable=self.openable,
        )

    @property
    def excluded(self) -> Table:
        rows = [row for row in self.explanation.excluded if self.shows(row)]
        return excluded_table(rows, openable=self.openable)

    def shows(self, row: UnitRow) -> bool:
        """Tell whether a row belongs to the school that was asked for; without one all do."""
        return self.school is None or row.organisation.pk == self.school.pk

    @property
    def tables(self) -> dict[str, Table]:
        return {"included": self.included, "excluded": self.excluded}


def names_of(explanation: Explanation) -> dict[str, str]:
    """Return the names of the facts an explanation speaks of, by code."""
    parts = explanation.definition.parts
    return {element.code: wording.in_language(element) for part in parts for element in part.elements}


def _who(row: UnitRow, openable: Collection[int]) -> list[Cell]:
    href = reverse("dashboards:school", args=[row.organisation.pk]) if row.organisation.is_school else ""
    sheet = row.submission_id if row.submission_id in openable else None
    return [
        text_cell(wording.in_language(row.organisation), href=href),
        text_cell(Stage(row.stage).label),
        text_cell(
            wording.quarter_name(row.quarter),
            href=reverse("collection:submission", args=[sheet]) if sheet else "",
        ),
    ]


def _who_columns() -> list[Column]:
    return [Column(gettext("Reported by"), 28), Column(gettext("Stage"), 12), Column(gettext("Quarter"), 12)]


def included_table(
    rows: Sequence[UnitRow],
    *,
    has_denominator: bool,
    names: Mapping[str, str] | None = None,
    openable: Collection[int] = (),
) -> Table:
    """Return the units in the sum with their amounts, the facts behind them, and who accepted them.

    Args:
        names: the facts' names by code.
        openable: returns that the reader may open.
    """
    is_measured = any(row.measured is not None for row in rows)
    columns = _who_columns()
    columns += [Column(gettext("Measured"), 12, numeric=True)] if is_measured else []
    columns += [Column(gettext("Numerator"), 12, numeric=True)]
    columns += [Column(gettext("Denominator"), 12, numeric=True)] if has_denominator else []
    columns += [Column(gettext("Facts and their revisions"), 40), Column(gettext("Source"), 24)]
    columns += [Column(gettext("Accepted by"), 20), Column(gettext("Accepted at"), 18)]
    cells = [
        [*_who(row, openable), *_included_row(row, has_denominator, is_measured, names or {})] for row in rows
    ]
    return Table(gettext("In the sum"), columns, cells)


def _facts_text(row: UnitRow, names: Mapping[str, str]) -> str:
    """Return the facts with the revision of each that counts: "Pupils 300 (revision 2)"."""
    said = []
    for code, number in sorted(row.facts.items()):
        words = f"{names.get(code, code)} {count_cell(number).text}"
        revision = row.revisions.get(code)
        said.append(
            gettext("%(fact)s (revision %(number)s)") % {"fact": words, "number": revision}
            if revision
            else words
        )
    return gettext("; ").join(said)


def _source_text(row: UnitRow) -> str:
    """Return where the facts are from: another system with its date, else the return."""
    told = [f"{name} {on.isoformat()}" if on else name for name, on in row.sources]
    return gettext(", ").join(told) or gettext("own return")


def _included_row(
    row: UnitRow, has_denominator: bool, is_measured: bool, names: Mapping[str, str]
) -> list[Cell]:
    instead = gettext("Hidden: small numbers") if row.is_hidden else "—"
    at = timezone.localtime(row.accepted_at).strftime("%Y-%m-%d %H:%M") if row.accepted_at else "—"
    return [
        *([count_cell(row.measured, instead=instead)] if is_measured else []),
        count_cell(row.numerator, instead=instead),
        *([count_cell(row.denominator, instead=instead)] if has_denominator else []),
        text_cell(instead if row.is_hidden else _facts_text(row, names) or "—"),
        text_cell(_source_text(row)),
        text_cell(row.accepted_by.name if row.accepted_by else "—"),
        text_cell(at),
    ]


def excluded_table(rows: Sequence[UnitRow], *, openable: Collection[int] = ()) -> Table:
    """Return the units that are not in the sum, each with the reason."""
    columns = [*_who_columns(), Column(gettext("Why not"), 20), Column(gettext("Remark"), 30)]
    return Table(gettext("Not in the sum"), columns, [_excluded_row(row, openable) for row in rows])


def _excluded_row(row: UnitRow, openable: Collection[int]) -> list[Cell]:
    reason = row.exclusion.label if row.exclusion else "—"
    return [*_who(row, openable), text_cell(reason), text_cell(row.note or "—")]
