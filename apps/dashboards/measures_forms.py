"""What people write about measures."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.dashboards.measure_signs import action_text
from apps.plans.enums import MeasureStatus
from apps.plans.measures.permissions import MAY, reports_measure
from apps.plans.measures.workflow import IN_HAND, STEPS
from apps.plans.models import Measure

NOTE_ONLY = ""


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def next_statuses(measure: Measure, user: User) -> list[str]:
    """Return the statuses into which the user may bring the measure now."""
    steps = STEPS[MeasureStatus(measure.status)]
    may = {actor: MAY[actor](user, measure) for actor in {step.actor for step in steps.values()}}
    return [status.value for status, step in steps.items() if may[step.actor]]


class UpdateForm(forms.Form):
    """A step of a measure's workflow with its note; without a step, the note alone."""

    to = forms.ChoiceField(label=_("What happens"), required=False, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was done, what is missing, or why. Required except for a start and for closing."),
    )
    completed_on = forms.DateField(
        label=_("Completed on"),
        required=False,
        widget=DateInput,
        help_text=_("Only with “Completed”; today when left empty."),
    )
    file = forms.FileField(
        label=_("Evidence"),
        required=False,
        widget=forms.FileInput({"accept": ".pdf,.jpg,.jpeg,.png,.xlsx,.docx,.csv,.txt"}),
        help_text=_("Optional: PDF, JPEG, PNG, XLSX, DOCX, CSV or TXT, without personal data."),
    )

    def __init__(self, data: Any = None, files: Any = None, *, measure: Measure, user: User) -> None:
        super().__init__(data, files)
        to: Any = self.fields["to"]
        to.choices = [
            (status, action_text(measure.status, status)) for status in next_statuses(measure, user)
        ]
        if reports_measure(user, measure) and measure.status in IN_HAND:
            to.choices = [(NOTE_ONLY, _("Only a note: the status stays")), *to.choices]
        else:
            to.required = True
            del self.fields["file"]
        if MeasureStatus.COMPLETED not in dict(to.choices):
            del self.fields["completed_on"]

    @property
    def is_offered(self) -> bool:
        """There is something that the user may do now."""
        field: Any = self.fields["to"]
        return bool(field.choices)


class StepForm(forms.Form):
    """A step of a measure and, once somebody has decided it, its date."""

    name = forms.CharField(label=_("Step"), max_length=120)
    due_on = forms.DateField(label=_("Due date"), required=False, widget=DateInput)
