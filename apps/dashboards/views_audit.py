"""The audit page: who changed what, when, from what to what; for the auditor and the administrator."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from apps.accounts.access import permission_required
from apps.accounts.permissions import reads_changes
from apps.dashboards.changes import Filters, changes_page
from apps.dashboards.trails import TRAILS

LAST_PAGE = 1000


def _day_input() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class AuditForm(forms.Form):
    """What the list is narrowed by."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    person = forms.CharField(label=_("Changed by"), required=False, max_length=60)
    subject = forms.CharField(label=_("What"), required=False, max_length=60)
    since = forms.DateField(label=_("From"), required=False, widget=_day_input())
    until = forms.DateField(label=_("Until"), required=False, widget=_day_input())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [("", _("All")), *((trail.key, trail.name) for trail in TRAILS)]

    @property
    def filters(self) -> Filters:
        """Return what was asked for; what cannot be read narrows nothing."""
        self.full_clean()
        given = self.cleaned_data
        words = {name: given.get(name) or "" for name in ("kind", "person", "subject")}
        return Filters(**words, since=given.get("since"), until=given.get("until"))


@require_safe
@permission_required(reads_changes)
def audit(request: HttpRequest) -> HttpResponse:
    """List the changes, newest first."""
    user: Any = request.user
    asked = request.GET.get("page", "")
    number = min(max(int(asked), 1), LAST_PAGE) if asked.isascii() and asked.isdecimal() else 1
    form = AuditForm(request.GET)
    rows, has_older = changes_page(user, number=number, filters=form.filters)
    context = {"changes": rows, "form": form, "number": number}
    more = {"has_older": has_older and number < LAST_PAGE, "older": number + 1, "newer": number - 1}
    return render(request, "home/audit.html", context | more)
