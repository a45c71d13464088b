from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from apps.accounts.forms import NewPasswordMixin
from apps.accounts.models import User
from apps.accounts.security import locks
from apps.accounts.security.enums import EventKind
from apps.accounts.security.models import SecurityEvent


class LoginForm(AuthenticationForm):
    """User name and password; every try is counted before the password is looked at."""

    error_messages = {
        "invalid_login": _("User name or password is wrong."),
        "inactive": _("User name or password is wrong."),
    }

    def clean(self) -> dict[str, Any]:
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not username or not password:
            return self.cleaned_data
        attempt = locks.attempt_begin(username)
        try:
            data = super().clean()
        except forms.ValidationError as error:
            locks.attempt_failed(attempt)
            advice = locks.advice(attempt)
            raise forms.ValidationError([*error.error_list, *([advice] if advice else [])]) from error
        locks.attempt_succeeded(attempt)
        return data


class CodeForm(forms.Form):
    """A code of the authenticator, or one from the paper."""

    code = forms.CharField(
        label=_("Code of the authenticator"),
        max_length=20,
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "inputmode": "text", "spellcheck": "false", "autofocus": True}
        ),
        help_text=_("Six digits from the authenticator, or a recovery code from the paper."),
    )


class EventFilterForm(forms.Form):
    """What the security log is narrowed by."""

    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *EventKind.choices]
    )
    person = forms.CharField(label=_("Person"), required=False)
    address = forms.CharField(label=_("Network address"), required=False)
    what = forms.CharField(label=_("Page or detail"), required=False)
    since = forms.DateField(label=_("From"), required=False)
    until = forms.DateField(label=_("Until"), required=False)

    def rows(self, reader: Any) -> Any:
        """Return the events that `reader` may see and the filters let through; one in error is left out."""
        self.is_valid()
        given = getattr(self, "cleaned_data", {})
        rows = SecurityEvent.objects.visible_to(reader).select_related("user", "about")
        rows = rows.between(given.get("since"), given.get("until"))
        if given.get("kind"):
            rows = rows.filter(kind=given["kind"])
        if given.get("person"):
            rows = rows.by_person(given["person"].strip())
        if given.get("address"):
            rows = rows.at_address(given["address"].strip())
        if given.get("what"):
            rows = rows.about_page(given["what"].strip())
        return rows


class AskLinkForm(forms.Form):
    """Who has forgotten the password."""

    username = forms.CharField(
        label=_("User name"),
        max_length=40,
        widget=forms.TextInput(
            {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )


class LinkPasswordForm(NewPasswordMixin):
    """The new password of whoever came by a link."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_new_password(self) -> str:
        new: str = self.cleaned_data["new_password"]
        validate_password(new, self.user)
        return new
