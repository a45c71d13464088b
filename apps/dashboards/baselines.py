"""The figures of the year before that changes are told against: locked, and restated with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.dashboards.reading_cells import SLICE_CHOICES, slice_name
from apps.dashboards.targets_text import baseline_text
from apps.plans.enums import Basis, SliceKind
from apps.plans.models import AnnualPlan, Baseline, Indicator


@dataclass(frozen=True)
class BaselineLine:
    """One baseline in words; `is_current` unless a later one has taken its place."""

    baseline: Baseline
    indicator: Indicator

    @property
    def is_current(self) -> bool:
        return self.baseline.superseded_at is None

    @property
    def scope_text(self) -> str:
        """What part of the region it is of."""
        if self.baseline.slice_kind == SliceKind.ALL:
            return str(_("whole district"))
        return slice_name(self.baseline.slice_kind, self.baseline.slice_value)

    @property
    def value_text(self) -> str:
        return baseline_text(self.indicator, self.baseline)


@dataclass(frozen=True)
class BaselineRow:
    """One indicator with its baselines that the reader may see, newest first, and how many are hidden."""

    indicator: Indicator
    lines: Sequence[BaselineLine]
    n_hidden: int

    @property
    def whole(self) -> BaselineLine | None:
        """The current one of the whole region."""
        current = (line for line in self.lines if line.is_current)
        return next((line for line in current if line.baseline.slice_kind == SliceKind.ALL), None)

    @property
    def is_needed(self) -> bool:
        """Tell whether nothing can be judged without one."""
        return self.indicator.basis == Basis.CHANGE or self.indicator.direction == "no_worse_than_baseline"


def baseline_rows(user: User, plan: AnnualPlan) -> list[BaselineRow]:
    """Return the indicators asked at present with their baselines, needed and missing ones first."""
    indicators = list(
        Indicator.objects.visible_to(user)
        .asked()
        .filter(plan=plan)
        .select_related("area", "lead_office")
        .order_by("area__number", "position", "code")
    )
    rows = [baseline_row(user, indicator, found) for indicator, found in _grouped(user, plan, indicators)]
    return sorted(rows, key=_place)


def _place(row: BaselineRow) -> int:
    """Needed and missing ones first, then those that are locked, then the rest."""
    is_locked = row.whole is not None or row.n_hidden > 0
    return 1 if is_locked else 0 if row.is_needed else 2


def _grouped(
    user: User, plan: AnnualPlan, indicators: Sequence[Indicator]
) -> list[tuple[Indicator, list[Baseline]]]:
    every = Baseline.objects.filter(indicator__in=indicators, region=plan.region_id, locked_at__isnull=False)
    rows = list(every.select_related("locked_by").order_by("slice_kind", "slice_value", "-locked_at"))
    visible = set(
        Baseline.objects.visible_to(user).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)
    )
    for row in rows:
        row.is_shown = row.pk in visible  # type: ignore[attr-defined]
    return [
        (indicator, [row for row in rows if row.indicator_id == indicator.pk]) for indicator in indicators
    ]


def baseline_row(user: User, indicator: Indicator, found: Sequence[Baseline] | None = None) -> BaselineRow:
    """Return the row of one indicator."""
    if found is None:
        found = _grouped(user, indicator.plan, [indicator])[0][1]
    shown = [row for row in found if getattr(row, "is_shown", False)]
    return BaselineRow(indicator, [BaselineLine(row, indicator) for row in shown], len(found) - len(shown))


def _scopes() -> list[tuple[str, Any]]:
    parts = [
        (f"{kind}:{value}", f"{SliceKind(kind).label}: {label}")
        for kind, choices in SLICE_CHOICES.items()
        for value, label in choices.choices
    ]
    return [(SliceKind.ALL.value, _("whole district")), *parts]


class BaselineForm(forms.Form):
    """Lock a baseline, or restate one that is locked."""

    scope = forms.ChoiceField(label=_("Scope"), choices=_scopes)
    numerator = forms.DecimalField(label=_("Numerator"), max_digits=20, decimal_places=4)
    denominator = forms.DecimalField(
        label=_("Denominator"), max_digits=20, decimal_places=4, min_value=0, required=False
    )
    as_of = forms.DateField(
        label=_("Date of the figure"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    definition = forms.CharField(
        label=_("Definition and source"), max_length=400, widget=forms.Textarea({"rows": 2})
    )
    restated_reason = forms.CharField(
        label=_("Why it is restated"),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Needed when one is locked already; the old figure is kept and shown."),
    )

    def __init__(self, *args: object, indicator: Indicator, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not indicator.denominator:
            del self.fields["denominator"]

    def given(self) -> dict[str, Any]:
        """Return what the service takes."""
        data = dict(self.cleaned_data)
        kind, _colon, value = data.pop("scope").partition(":")
        return {"denominator": None, **data, "slice_kind": kind, "slice_value": value}
