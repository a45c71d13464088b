"""What people enter around a release."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LONGEST_NOTES = 4000
LONGEST_TEXT = 4000


class ReleaseForm(forms.Form):
    """Why a new version is made (from the second on), and the notes of a release."""

    reason = forms.CharField(
        label=gettext_lazy("Why a new version is made"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("It stands on the erratum and on every report: who corrected what."),
    )
    notes = forms.CharField(
        label=gettext_lazy("Release notes"),
        max_length=LONGEST_NOTES,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What readers should know of this release; may be empty."),
    )

    def __init__(self, *args: object, version: int, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.version = version
        if version == 1:
            del self.fields["reason"]

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"]).strip()
        if not reason:
            raise forms.ValidationError(_("Say why a new version is made."))
        return reason


class TextsForm(forms.Form):
    """What the bureau writes itself, with the version that the writer saw of each text."""

    judgement = forms.CharField(
        label=gettext_lazy("Judgement of the bureau"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    next_steps = forms.CharField(
        label=gettext_lazy("Next steps"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    judgement_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    next_steps_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
