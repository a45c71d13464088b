"""What people write about the items of an evaluation."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.numbers import read_number
from apps.core.typed import Unreadable
from apps.dashboards import wording
from apps.dashboards.measures_forms import DateInput
from apps.rollups.evaluations.models import EvaluationFinding
from apps.rollups.evaluations.rules import Check

RATIO = "系数"


class FindingForm(forms.Form):
    """What the responsible office found: yes or no, or a figure in the check's unit."""

    meets = forms.TypedChoiceField(
        label=_("Is it met?"),
        choices=[("1", _("Yes")), ("0", _("No"))],
        coerce=lambda given: given == "1",
        widget=forms.RadioSelect,
    )
    number = forms.CharField(label=_("Figure"), max_length=30)
    as_of = forms.DateField(label=_("As of"), widget=DateInput)
    basis = forms.CharField(
        label=_("Basis"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The document, list or visit it rests on, in a few words; no names of pupils."),
    )

    def __init__(self, data: Any = None, *, check: Check, finding: EvaluationFinding | None) -> None:
        initial: dict[str, Any] = {"as_of": clock.today()}
        if finding is not None:
            initial |= {"as_of": finding.as_of, "basis": finding.basis}
            initial["meets"] = None if finding.meets is None else str(int(finding.meets))
            initial["number"] = "" if finding.number is None else f"{finding.number.normalize():f}"
        super().__init__(data, initial=initial)
        self.rule = check
        if check.limit is None:
            del self.fields["number"]
        else:
            del self.fields["meets"]
            self.fields["number"].label = _("Figure (%(unit)s)") % {
                "unit": _("a ratio, such as 0.1235") if check.unit == RATIO else wording.unit_word(check.unit)
            }

    def clean_number(self) -> Decimal:
        unit = self.rule.unit if self.rule.unit != RATIO else ""
        try:
            return read_number(self.cleaned_data["number"], unit=unit).value
        except Unreadable as error:
            raise forms.ValidationError(error.message) from error


class CheckForm(forms.Form):
    """A second person agrees, or says why not."""

    note = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Required when it is returned."),
    )


class DecisionForm(forms.Form):
    """The bureau's word on a rule that could not be cited."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The document or decision that settles the wording and its line."),
    )
