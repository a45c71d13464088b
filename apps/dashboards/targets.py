"""Targets for the bureau to decide: which are proposed, empty or in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import clock
from apps.dashboards.targets_text import target_words
from apps.plans.enums import TargetLevel, TargetOperator
from apps.plans.models import AnnualPlan, Indicator, TargetRevision

UNTOUCHED = (TargetOperator.NO_WORSE, TargetOperator.COMPLETED)


@dataclass(frozen=True)
class TargetRow:
    """One indicator with what the plan says, the revision in force and the one that waits to be confirmed."""

    indicator: Indicator
    revisions: Sequence[TargetRevision]

    @property
    def in_force(self) -> TargetRevision | None:
        confirmed = [revision for revision in self.revisions if revision.confirmed_on is not None]
        return confirmed[-1] if confirmed else None

    @property
    def proposal(self) -> TargetRevision | None:
        """The newest revision that waits, unless a later one is confirmed."""
        newest = self.revisions[-1] if self.revisions else None
        return newest if newest is not None and newest.confirmed_on is None else None

    @property
    def status(self) -> str:
        """The status that the missing decision gives the indicator; empty when a target is in force."""
        if self.in_force is not None:
            return "unconfirmed" if self.proposal is not None else ""
        return "unconfirmed" if self.proposal is not None else "no_target"

    @property
    def words(self) -> str:
        shown = self.proposal or self.in_force
        return target_words(self.indicator, shown) if shown is not None else ""

    @property
    def words_in_force(self) -> str:
        return target_words(self.indicator, self.in_force) if self.in_force is not None else ""


def target_rows(user: User, plan: AnnualPlan) -> list[TargetRow]:
    """Return the targets of a plan: proposed ones first, then empty ones, then those in force (3 queries)."""
    indicators = (
        Indicator.objects.visible_to(user)
        .filter(plan=plan, target__isnull=False)
        .select_related("area", "lead_office", "target")
        .prefetch_related("target__revisions")
        .order_by("area__number", "position", "code")
    )
    rows = [row_of(indicator) for indicator in indicators]
    order = {"unconfirmed": 0, "no_target": 1, "": 2}
    return sorted(rows, key=lambda row: order[row.status])


def row_of(indicator: Indicator) -> TargetRow:
    """Return the row of one indicator."""
    return TargetRow(
        indicator, sorted(indicator.target.revisions.all(), key=lambda revision: revision.number)
    )


class ConfirmForm(forms.Form):
    """Put a proposal in force as it stands, from the day it says or from another one."""

    reason = forms.CharField(
        label=_("Reason or document"), max_length=300, widget=forms.Textarea({"rows": 2}), required=True
    )
    effective_from = forms.DateField(
        label=_("Counts from"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Left empty: from the day proposed, not before today."),
    )


class TargetForm(forms.Form):
    """Set a target; the comparison is the indicator's own."""

    value = forms.DecimalField(label=_("Value"), max_digits=18, decimal_places=4, required=False)
    value_max = forms.DecimalField(label=_("Upper limit"), max_digits=18, decimal_places=4, required=False)
    level = forms.ChoiceField(label=_("Whom it binds"), choices=TargetLevel.choices)
    due_on = forms.DateField(
        label=_("Due on"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    effective_from = forms.DateField(
        label=_("Counts from"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label=_("Reason or document"), max_length=300, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: object, row: TargetRow, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        direction = row.indicator.direction
        if direction in UNTOUCHED:
            del self.fields["value"]
        if direction != TargetOperator.WITHIN_RANGE:
            del self.fields["value_max"]
        shown = row.proposal or row.in_force
        self.initial.setdefault("effective_from", clock.today())
        self.initial.setdefault("level", shown.level if shown else TargetLevel.DISTRICT)
