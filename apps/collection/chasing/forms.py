"""Forms of the chase: its settings, the calendar as text, a robot."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.collection.chasing.enums import RobotKind
from apps.collection.models import CalendarDay, ChasePolicy

LONGEST_SPAN = 31
MARKS = {"休": False, "off": False, "班": True, "work": True}


class DaysField(forms.CharField):
    """A few whole numbers, separated by commas or spaces."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        parts = re.split(r"[\s,，、]+", (value or "").strip())
        try:
            return [int(part) for part in parts if part]
        except ValueError as error:
            raise ValidationError(_("Write whole numbers, separated by commas.")) from error


class PolicyForm(forms.ModelForm):
    """When reminders go out."""

    days_before = DaysField(
        label=gettext_lazy("Days before the due date"),
        required=False,
        help_text=gettext_lazy("For example 5, 1. A reminder that falls on a free day comes before it."),
    )
    days_after = DaysField(
        label=gettext_lazy("Days after the due date"),
        required=False,
        help_text=gettext_lazy("For example 1, 3, 7. On free days it waits for the next working day."),
    )

    class Meta:
        model = ChasePolicy
        fields = (
            "is_on",
            "days_before",
            "days_after",
            "quiet_from",
            "quiet_until",
            "order_after_days",
            "order_after_reminders",
        )
        widgets = {
            "quiet_from": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            "quiet_until": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        }


class CalendarForm(forms.Form):
    """Holidays and worked weekend days, one span a line: `2025-10-01~2025-10-08 休 国庆节`."""

    days = forms.CharField(
        label=gettext_lazy("Holidays and worked weekend days"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One line each: a date or two dates with ~ between them, 休 or 班, and a name. "
            "Example: 2025-10-01~2025-10-08 休 国庆节"
        ),
    )

    def clean_days(self) -> list[CalendarDay]:
        found: list[CalendarDay] = []
        for number, line in enumerate(self.cleaned_data["days"].splitlines(), start=1):
            if line.strip():
                found += read_line(line, number)
        return found


def read_line(line: str, number: int) -> list[CalendarDay]:
    """Return the days of one line of the calendar; ValidationError names the line."""
    pieces = line.split(maxsplit=2)
    try:
        first, _tilde, last = pieces[0].replace("～", "~").partition("~")
        start = dt.date.fromisoformat(first)
        end = dt.date.fromisoformat(last or first)
        is_working = MARKS[pieces[1].lower()]
    except (ValueError, IndexError, KeyError) as error:
        text = _(
            "Line %(number)s cannot be read: “%(line)s”. Write for example 2025-10-01~2025-10-08 休 国庆节."
        )
        raise ValidationError(text % {"number": number, "line": line.strip()}) from error
    days = (end - start).days
    if not 0 <= days < LONGEST_SPAN:
        raise ValidationError(
            _("Line %(number)s: the second date must follow the first.") % {"number": number}
        )
    name = pieces[2][:40] if len(pieces) > 2 else ""
    return [
        CalendarDay(on=start + dt.timedelta(days=day), is_working=is_working, name=name)
        for day in range(days + 1)
    ]


def calendar_text(days: list[CalendarDay]) -> str:
    """Return days as the lines that `read_line` reads, neighbours of one kind joined."""
    spans: list[list[CalendarDay]] = []
    for day in sorted(days, key=lambda row: row.on):
        last = spans[-1][-1] if spans else None
        is_next = last is not None and (day.on - last.on).days == 1
        if is_next and last and (last.is_working, last.name) == (day.is_working, day.name):
            spans[-1].append(day)
        else:
            spans.append([day])
    return "\n".join(_span_text(span) for span in spans)


def _span_text(span: list[CalendarDay]) -> str:
    first, last = span[0].on.isoformat(), span[-1].on.isoformat()
    dates = first if first == last else f"{first}~{last}"
    return f"{dates} {'班' if span[0].is_working else '休'} {span[0].name}".rstrip()


class RobotForm(forms.Form):
    """A chat group's robot."""

    name = forms.CharField(label=gettext_lazy("Group"), max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("Robot of"), choices=RobotKind)
    url = forms.CharField(
        label=gettext_lazy("Webhook address"),
        max_length=500,
        help_text=gettext_lazy("As the group shows it. It is not shown again."),
    )
    secret = forms.CharField(
        label=gettext_lazy("Signing secret (DingTalk, optional)"), max_length=200, required=False
    )
