from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.validators import RegexValidator
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from apps.accounts.enums import SCHOOL_ROLES, Role
from apps.accounts.models import User
from apps.organisations.enums import OrganisationKind
from apps.organisations.models import Organisation

password_help = lazy(password_validators_help_text_html, str)


class NewPasswordMixin(forms.Form):
    """Two fields for a new password that must agree."""

    new_password = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=password_help(),
    )
    again = forms.CharField(
        label=_("New password again"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        again = self.cleaned_data["again"]
        if again != self.cleaned_data.get("new_password", again):
            raise forms.ValidationError(_("The two passwords differ."))
        return again


class PasswordForm(NewPasswordMixin):
    old_password = forms.CharField(
        label=_("Current password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    field_order = ["old_password", "new_password", "again"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_old_password(self) -> str:
        old = self.cleaned_data["old_password"]
        if not self.user.check_password(old):
            raise forms.ValidationError(_("The current password is wrong."))
        return old

    def clean_new_password(self) -> str:
        new = self.cleaned_data["new_password"]
        validate_password(new, self.user)
        if self.user.check_password(new):
            raise forms.ValidationError(_("The new password must differ from the current one."))
        return new


class ResetForm(NewPasswordMixin):
    username = forms.CharField(label=_("User name"), widget=forms.TextInput({"autocomplete": "username"}))
    code = forms.CharField(
        label=_("One-time code"),
        max_length=20,
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=_("Eight letters and digits from the bureau's administrator."),
    )
    field_order = ["username", "code", "new_password", "again"]


class UserForm(forms.Form):
    """A new account: role and organisation must fit each other."""

    username = forms.CharField(
        label=_("User name"),
        max_length=40,
        validators=[
            RegexValidator(r"^[A-Za-z0-9._@-]+\Z", _("Only letters, digits, dot, hyphen, underscore and @."))
        ],
        help_text=_("Used to log in: letters, digits, dot, hyphen."),
    )
    name = forms.CharField(label=_("Name"), max_length=60)
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("May stay empty. A forgotten password can then be replaced by a link sent there."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    organisation = forms.ModelChoiceField(
        label=_("School or office"),
        queryset=Organisation.objects.none(),
        required=False,
        help_text=_(
            "A school for reporters and principals, an office for office staff, empty for the others."
        ),
    )
    offices_led = forms.ModelMultipleChoiceField(
        label=_("Offices led (deputy directors only)"),
        queryset=Organisation.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisations = Organisation.objects.in_region_of(by)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["offices_led"].queryset = organisations.offices()  # type: ignore[attr-defined]

    def clean_username(self) -> str:
        username = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("This user name is taken."))
        return username

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        role, organisation = data.get("role"), data.get("organisation")
        wanted = _kind_for(role)
        if wanted is None and organisation is not None:
            self.add_error("organisation", _("This role belongs to no school or office."))
        elif wanted is not None and (organisation is None or organisation.kind != wanted):
            school = wanted == OrganisationKind.SCHOOL
            self.add_error("organisation", _("Choose a school.") if school else _("Choose an office."))
        if role != Role.DEPUTY and data.get("offices_led"):
            self.add_error("offices_led", _("Only a deputy director leads offices."))
        return data


def _kind_for(role: str | None) -> str | None:
    if role in SCHOOL_ROLES:
        return OrganisationKind.SCHOOL
    return OrganisationKind.OFFICE if role == Role.OFFICE else None


class UserFilterForm(forms.Form):
    """What the list of accounts is narrowed by."""

    STATES = [("", _("All")), ("active", _("Active")), ("inactive", _("Deactivated"))]
    q = forms.CharField(
        label=_("Search"),
        required=False,
        widget=forms.TextInput({"placeholder": _("Name, user name, school")}),
    )
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("All roles")), *Role.choices])
    organisation = forms.ModelChoiceField(
        label=_("School or office"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("All organisations"),
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.in_region_of(by)  # type: ignore[attr-defined]

    def rows(self, by: User) -> Any:
        """Return the accounts that `by` may see and the filters let through."""
        users = (
            User.objects.visible_to(by)
            .select_related("organisation", "region")
            .with_open_code()
            .with_login_state()
        )
        data = self.cleaned_data if self.is_valid() else {}
        users = users.matching(data.get("q", ""))
        if data.get("role"):
            users = users.filter(role=data["role"])
        if data.get("organisation"):
            users = users.filter(organisation=data["organisation"])
        if data.get("state"):
            users = users.filter(is_active=data["state"] == "active")
        return users
