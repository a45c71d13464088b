"""The definitions of an indicator over the year: which counts when, why it changed, who decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext, gettext_lazy

from apps.core.templatetags.lusong import local_text
from apps.dashboards import wording
from apps.plans.definitions.models import LATER_QUARTERS
from apps.plans.definitions.rules import TEXTS, as_revised, revision_at
from apps.plans.definitions.services import earliest_quarter, why_not_revised
from apps.plans.formula_grammar import MAXIMUM_LENGTH
from apps.plans.models import Indicator, IndicatorRevision


@dataclass(frozen=True)
class DefinitionRow:
    """One definition: the quarter it counts from, its words and formula; `revision` is None of the first."""

    from_quarter: int
    indicator: Indicator
    revision: IndicatorRevision | None = None

    @property
    def words(self) -> str:
        return formula_words(self.indicator)

    @property
    def formula(self) -> str:
        above = f"Σ({self.indicator.numerator})"
        below = self.indicator.denominator
        return f"{above} ÷ Σ({below})" if below else above


@dataclass(frozen=True)
class DefinitionHistory:
    """An indicator with the revisions of its definition in order, those that wait among them."""

    indicator: Indicator
    revisions: Sequence[IndicatorRevision]

    @property
    def rows(self) -> list[DefinitionRow]:
        """The first definition and the confirmed changes of it, in order."""
        return [DefinitionRow(1, self.indicator), *(self._row(row) for row in self._confirmed)]

    @property
    def proposal(self) -> DefinitionRow | None:
        """The newest change, while it waits for a second person."""
        newest = self.revisions[-1] if self.revisions else None
        return self._row(newest) if newest is not None and newest.confirmed_at is None else None

    @property
    def notes(self) -> list[str]:
        return change_notes(self._confirmed)

    @property
    def obstacle(self) -> str:
        """Why the definition cannot change within this year, empty where it can."""
        if refusal := why_not_revised(self.indicator):
            return refusal
        if not quarters_open(self.indicator):
            return gettext("Nothing more is due this year; the next plan can define it anew.")
        return ""

    def at(self, quarter: int) -> Indicator:
        """Return the indicator as it is defined in a quarter."""
        return as_revised(self.indicator, self._in_force(quarter))

    def is_like(self, quarter: int, other: int) -> bool:
        """Tell whether the figures of two quarters, each of its last due one, mean the same."""
        return self._in_force(quarter) == self._in_force(other)

    def _in_force(self, quarter: int) -> IndicatorRevision | None:
        due = (one for one in self.indicator.due_quarters if one <= quarter)
        return revision_at(self.revisions, max(due, default=quarter))

    @property
    def _confirmed(self) -> list[IndicatorRevision]:
        return [row for row in self.revisions if row.confirmed_at is not None]

    def _row(self, revision: IndicatorRevision) -> DefinitionRow:
        return DefinitionRow(revision.from_quarter, as_revised(self.indicator, revision), revision)


def history_of(indicator: Indicator) -> DefinitionHistory:
    """Return the definitions of an indicator (one query)."""
    rows = indicator.definition_revisions.select_related("proposed_by", "confirmed_by").order_by("number")
    return DefinitionHistory(indicator, list(rows))


def formula_words(indicator: Indicator) -> str:
    """Return the formula in the words of the catalogue."""
    numerator = local_text(indicator, "numerator_label")
    if not indicator.denominator:
        return numerator
    return f"{numerator} ÷ {local_text(indicator, 'denominator_label')}"


def change_notes(changes: Iterable[IndicatorRevision]) -> list[str]:
    """Say from which quarters on a figure means something else, and why."""
    sentence = gettext(
        "The definition has changed from the %(quarter)s on (%(reason)s): quarters before and after are not "
        "like for like."
    )
    return [
        sentence % {"quarter": wording.quarter_name(row.from_quarter).lower(), "reason": row.reason}
        for row in sorted(changes, key=lambda row: row.number)
    ]


def quarters_open(indicator: Indicator) -> list[int]:
    """Return the quarters from which a change may still count."""
    earliest, last = earliest_quarter(indicator), max(indicator.due_quarters)
    return [number for number, _name in LATER_QUARTERS if earliest <= number <= last]


class DefinitionForm(forms.Form):
    """Another definition, begun from the one in force."""

    from_quarter = forms.TypedChoiceField(label=gettext_lazy("Counts from"), coerce=int)
    numerator = forms.CharField(
        label=gettext_lazy("Numerator, as a formula over facts"), max_length=MAXIMUM_LENGTH
    )
    numerator_label = forms.CharField(label=gettext_lazy("Numerator in words"), max_length=200)
    numerator_label_en = forms.CharField(
        label=gettext_lazy("Numerator in words, in English"), max_length=200, required=False
    )
    denominator = forms.CharField(
        label=gettext_lazy("Denominator, as a formula over facts"), max_length=MAXIMUM_LENGTH
    )
    denominator_label = forms.CharField(label=gettext_lazy("Denominator in words"), max_length=200)
    denominator_label_en = forms.CharField(
        label=gettext_lazy("Denominator in words, in English"), max_length=200
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason or document"), max_length=300, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: object, history: DefinitionHistory, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        now = history.at(4)
        if not now.denominator:
            for name in ("denominator", "denominator_label", "denominator_label_en"):
                del self.fields[name]
        quarters = quarters_open(history.indicator)
        choice: forms.ChoiceField = self.fields["from_quarter"]  # type: ignore[assignment]
        choice.choices = [(number, wording.quarter_name(number)) for number in quarters]
        for name in TEXTS:
            self.initial.setdefault(name, getattr(now, name))

    @property
    def texts(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name, "") for name in TEXTS}
