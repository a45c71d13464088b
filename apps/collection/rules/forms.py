"""The forms of the page of rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.permissions import is_administrator
from apps.core.templatetags.lusong import local_text
from apps.plans.enums import RuleKind, Severity, ValueType
from apps.plans.models import DataElement, ValidationRule
from apps.plans.rules.models import MAY_BE_HARD, WITH_LIMIT
from apps.plans.rules.permissions import facts_led, facts_of_others, why_not


class FactChoice(forms.ModelChoiceField):
    """A fact by its name and unit."""

    def label_from_instance(self, obj: DataElement) -> str:
        return f"{local_text(obj)} · {obj.unit}" if obj.unit else str(local_text(obj))


class RuleForm(forms.Form):
    """What of a rule can be changed."""

    limit = forms.DecimalField(label=_("Limit"), max_digits=18, decimal_places=4, required=False)
    least_change = forms.DecimalField(
        label=_("Smaller changes than this never count"),
        max_digits=18,
        decimal_places=4,
        min_value=0,
        required=False,
    )
    severity = forms.ChoiceField(label=_("Consequence"), choices=Severity.choices)
    message = forms.CharField(
        label=_("Words beside the figure"),
        max_length=200,
        required=False,
        help_text=_("Leave empty for the rule's own sentence."),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)
    reason = forms.CharField(label=_("Reason for this change"), max_length=300)

    def clean_least_change(self) -> Any:
        return self.cleaned_data["least_change"] or 0

    @classmethod
    def of(cls, rule: ValidationRule, data: Any = None) -> RuleForm:
        """Return the form of a rule with only the fields that its kind has."""
        names = ("limit", "least_change", "severity", "message", "is_active")
        form = cls(data, initial={name: getattr(rule, name) for name in names})
        if rule.kind not in WITH_LIMIT:
            del form.fields["limit"]
        if rule.kind not in (*WITH_LIMIT[1:],):
            del form.fields["least_change"]
        if rule.kind not in MAY_BE_HARD:
            del form.fields["severity"]
        return form

    def values(self) -> dict[str, Any]:
        """Return what was entered, with what the kind does not have."""
        return {"limit": None, "least_change": 0, "severity": Severity.SOFT} | self.cleaned_data

    def take_errors(self, error: ValidationError) -> None:
        """Show a service's refusal at its fields, where the form has them."""
        found = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
        for name, texts in found.items():
            for text in texts:
                self.add_error(name if name in self.fields else None, text)


class NewRuleForm(RuleForm):
    """A new rule: its kind and facts, then what a change has, too."""

    kind = forms.ChoiceField(label=_("Kind"), choices=RuleKind.choices)
    element = FactChoice(
        label=_("Fact (the first part)"), queryset=DataElement.objects.none(), required=False, empty_label="—"
    )
    second = FactChoice(
        label=_("Second part, of a sum"), queryset=DataElement.objects.none(), required=False, empty_label="—"
    )
    other = FactChoice(
        label=_("Whole, of a part or a sum"),
        queryset=DataElement.objects.none(),
        required=False,
        empty_label="—",
    )
    field_order = ("kind", "element", "second", "other")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["is_active"]
        figures = DataElement.objects.filter(value_type__in=[ValueType.INTEGER, ValueType.DECIMAL])
        own = figures.exclude(pk__in=facts_of_others(by))
        if not is_administrator(by):
            own = own.filter(pk__in=facts_led(by))
        self.by = by
        self._facts("element", own)
        self._facts("second", figures)
        self._facts("other", figures)

    def clean(self) -> dict[str, Any] | None:
        given = super().clean()
        if "element" not in self.errors and (why := why_not(self.by, self.cleaned_data.get("element"))):
            self.add_error("element", why)
        return given

    def _facts(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows

    def values(self) -> dict[str, Any]:
        entered = dict(self.cleaned_data)
        second = entered.pop("second")
        return entered | {"addends": [second] if second else []}
