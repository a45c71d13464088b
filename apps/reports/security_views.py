"""The security log as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.access import permission_required
from apps.accounts.permissions import reads_changes
from apps.accounts.security.forms import EventFilterForm
from apps.accounts.security.models import SecurityEvent
from apps.core import clock
from apps.dashboards.tables import Column, Table, text_cell
from apps.reports.csvfile import csv_bytes
from apps.reports.views import attachment

MOST_EVENTS = 50_000


@require_safe
@permission_required(reads_changes)
def security_csv(request: HttpRequest) -> HttpResponse:
    """Send the newest events that the filters let through."""
    user: Any = request.user
    titles = (
        *(_("Time"), _("Event"), _("User name"), _("About the account"), _("Network address")),
        *(_("Page"), _("Detail"), _("Request")),
    )
    rows = [_row(event) for event in EventFilterForm(request.GET).rows(user)[:MOST_EVENTS]]
    table = Table(_("Security log"), [Column(title) for title in titles], rows)
    name = f"{_('Security log')}-{clock.today():%Y%m%d}.csv"
    return attachment(csv_bytes(table), name=name, content_type="text/csv; charset=utf-8")


def _row(event: SecurityEvent) -> list[Any]:
    texts = (
        timezone.localtime(event.at).strftime("%Y-%m-%d %H:%M:%S"),
        event.get_kind_display(),
        event.user.username if event.user else "",
        event.about.username if event.about else "",
        event.address or "",
        event.path,
        event.detail,
        event.request,
    )
    return [text_cell(text) for text in texts]
