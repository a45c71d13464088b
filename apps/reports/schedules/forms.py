"""The form of a schedule, in plain words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.enums import BUREAU_ROLES
from apps.accounts.models import User
from apps.reports.jobs.registry import as_pdf_name, reports
from apps.reports.jobs.releases import REACHES
from apps.reports.schedules.enums import When
from apps.reports.schedules.models import LAST_DAY, ReportSchedule


class PeopleField(forms.ModelMultipleChoiceField):
    """People by name, role and office; who has no e-mail is told in the platform alone."""

    def label_from_instance(self, obj: Any) -> str:
        where = obj.organisation.name if obj.organisation else obj.get_role_display()
        reach = "" if obj.email else gettext(" · no e-mail: told in the platform")
        return f"{obj.name} · {where}{reach}"


class ScheduleForm(forms.Form):
    """Which report, when, to whom."""

    kind = forms.ChoiceField(label=_("Report"))
    reach = forms.ChoiceField(
        label=_("For whom"), choices=REACHES, widget=forms.RadioSelect, initial="internal"
    )
    when = forms.ChoiceField(label=_("When"), choices=When, widget=forms.RadioSelect, initial=When.RELEASE)
    day = forms.IntegerField(
        label=_("Day of the month"),
        min_value=1,
        max_value=LAST_DAY,
        required=False,
        help_text=_("For a monthly report only, 1 to 28. It is of the newest release by then."),
    )
    recipients = PeopleField(
        label=_("Recipients"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, user: User, schedule: ReportSchedule | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = _initial(schedule) if schedule else {}
        kind: Any = self.fields["kind"]
        kind.choices = kind_choices(user)
        people: Any = self.fields["recipients"]
        people.queryset = (
            User.objects.filter(region=user.region_id, is_active=True, role__in=BUREAU_ROLES)
            .select_related("organisation")
            .order_by("role", "organisation__sort_key", "pk")
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("when") == When.MONTHLY and not data.get("day") and "day" not in self.errors:
            raise ValidationError({"day": gettext("Say on which day of the month.")})
        return data


def kind_choices(user: User) -> list[tuple[str, str]]:
    """Return the reports that can be had by themselves, as Word and PDF where there are both."""
    found: list[tuple[str, str]] = []
    for kind in reports():
        if kind.offered_to(user):
            found.append((kind.name, str(kind.label)))
            if kind.has_pdf:
                found.append((kind.pdf_name, as_pdf_name(str(kind.label))))
    return found


def _initial(schedule: ReportSchedule) -> dict[str, Any]:
    return {
        "kind": schedule.kind,
        "reach": schedule.reach,
        "when": schedule.when,
        "day": schedule.day,
        "recipients": list(schedule.recipients.values_list("pk", flat=True)),
    }
