"""Files of lists: exactly what the screen shows, all pages of it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.access import permission_required, roles_required
from apps.accounts.enums import BUREAU_ROLES
from apps.accounts.models import User
from apps.accounts.permissions import reads_changes
from apps.core import clock
from apps.dashboards import wording
from apps.dashboards.changes import Change, changes_between
from apps.dashboards.dictionary import dictionary_table
from apps.dashboards.tables import Cell, Column, Table, text_cell
from apps.dashboards.timeliness_page import Timeliness, timeliness_in, timeliness_table
from apps.dashboards.views_audit import AuditForm
from apps.dashboards.views_dictionary import looked_up
from apps.reports.csvfile import csv_bytes
from apps.reports.views import XLSX, attachment, name_and_role
from apps.reports.workbook import workbook_bytes

MOST_CHANGES = 10_000


@require_safe
@login_required
def dictionary_xlsx(request: HttpRequest) -> HttpResponse:
    """Send the dictionary as it is narrowed."""
    plan, _form, entries = looked_up(request)
    facts = [
        (_("Plan"), wording.in_language(plan, "title")),
        (_("Content"), _("Indicator dictionary")),
        (_("Business date"), clock.today().isoformat()),
    ]
    content = workbook_bytes([dictionary_table(entries)], facts=facts)
    name = f"{plan.year}-{_('Indicator dictionary')}.xlsx"
    return attachment(content, name=name, content_type=XLSX)


@require_safe
@permission_required(reads_changes)
def audit_csv(request: HttpRequest) -> HttpResponse:
    """Send the newest changes that the filters let through."""
    user: Any = request.user
    rows = changes_between(user, AuditForm(request.GET).filters, 0, MOST_CHANGES)
    name = f"{_('Changes')}-{clock.today():%Y%m%d}.csv"
    return attachment(csv_bytes(_audit_table(rows)), name=name, content_type="text/csv; charset=utf-8")


@require_safe
@roles_required(*BUREAU_ROLES)
def timeliness_xlsx(request: HttpRequest) -> HttpResponse:
    """Send the history of timeliness under the filters of its page."""
    user: Any = request.user
    found = timeliness_in(user, request.GET)
    table = timeliness_table(found)
    content = workbook_bytes([table], facts=_timeliness_facts(user, found))
    return attachment(content, name=f"{table.name}-{clock.today():%Y%m%d}.xlsx", content_type=XLSX)


@require_safe
@roles_required(*BUREAU_ROLES)
def timeliness_csv(request: HttpRequest) -> HttpResponse:
    """Send the history of timeliness under the filters of its page."""
    user: Any = request.user
    table = timeliness_table(timeliness_in(user, request.GET))
    name = f"{table.name}-{clock.today():%Y%m%d}.csv"
    return attachment(csv_bytes(table), name=name, content_type="text/csv; charset=utf-8")


def _timeliness_facts(user: User, found: Timeliness) -> list[tuple[str, str]]:
    return [
        (_("Region"), wording.in_language(user.region)),
        (_("Content"), _("History of timeliness")),
        (_("Business date"), clock.today().isoformat()),
        (_("Narrowed to"), found.filter_text),
        (_("Made for"), name_and_role(user)),
        (
            _("How to read it"),
            _("First arrival against each one's own due date; a later correction makes nobody late."),
        ),
    ]


def _audit_table(changes: list[Change]) -> Table:
    titles = (
        *(_("Time"), _("Changed by"), _("Network address"), _("Kind"), _("Action"), _("What")),
        *(_("Field"), _("Old"), _("New"), _("Request")),
    )
    rows = [row for change in changes for row in _rows(change)]
    return Table(_("Changes"), [Column(title) for title in titles], rows)


def _rows(change: Change) -> list[list[Cell]]:
    """One line a field, so that old and new stand in columns of their own."""
    actions = {"insert": _("created"), "delete": _("deleted")}
    head = [
        timezone.localtime(change.at).strftime("%Y-%m-%d %H:%M:%S"),
        change.by or _("the system"),
        change.address,
        change.trail.name,
        actions.get(change.action, _("changed")),
        change.subject,
    ]
    fields = [(field.label, field.old, field.new) for field in change.fields] or [("", "", "")]
    return [[text_cell(text) for text in (*head, *field, change.request)] for field in fields]
