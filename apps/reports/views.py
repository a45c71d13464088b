from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from apps.accounts.access import roles_required
from apps.accounts.enums import BUREAU_ROLES
from apps.accounts.models import User
from apps.core import clock
from apps.dashboards import pages, wording
from apps.dashboards.board import board_of, choice_in
from apps.dashboards.board_table import board_table
from apps.dashboards.guarded import area_or_404, explain_page_or_404, indicator_or_404, scope_or_404
from apps.dashboards.selectors import Scope
from apps.dashboards.tables import Table
from apps.plans.models import Indicator
from apps.reports.csvfile import csv_bytes
from apps.reports.workbook import workbook_bytes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(content: bytes, *, name: str, content_type: str) -> HttpResponse:
    """Return a file to save under a Chinese name (RFC 6266), never cached or guessed at."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=content_type, headers=headers)


def name_and_role(user: User) -> str:
    """Return for whom a file is made."""
    return gettext("%(name)s (%(role)s)") % {"name": user.name, "role": user.get_role_display()}


def facts_of(scope: Scope, title: str) -> list[tuple[str, str]]:
    """Return what a workbook says about itself."""
    return [
        (gettext("Plan"), wording.in_language(scope.plan, "title")),
        (gettext("Region"), wording.in_language(scope.region)),
        (gettext("Content"), title),
        (gettext("Quarter"), wording.quarter_name(scope.quarter)),
        (gettext("Business date"), clock.today().isoformat()),
        (gettext("Generation of the results"), str(scope.plan.generation)),
        (gettext("Made for"), name_and_role(scope.user)),
        (
            gettext("How to read it"),
            gettext(
                "Values rest on accepted reports only; coverage says how many of those due are in. Without a "
                "confirmed target there is no light. A dash is no value, not zero. Small numbers are hidden "
                "as on the screen."
            ),
        ),
    ]


def _workbook(scope: Scope, title: str, tables: Sequence[Table]) -> HttpResponse:
    content = workbook_bytes(tables, facts=facts_of(scope, title))
    name = f"{scope.plan.year}-Q{scope.quarter}-{title}.xlsx"
    return attachment(content, name=name.replace("/", "-"), content_type=XLSX)


@require_safe
@roles_required(*BUREAU_ROLES)
def overview_xlsx(request: HttpRequest, year: int) -> HttpResponse:
    """Send the overview and every indicator behind it."""
    page = pages.overview_page(scope_or_404(request, year))
    return _workbook(page.scope, gettext("Overview"), [page.table, page.indicators])


@require_safe
@roles_required(*BUREAU_ROLES)
def area_xlsx(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Send one area: its indicators and its measures."""
    scope = scope_or_404(request, year)
    page = pages.area_page(scope, area_or_404(scope, number))
    return _workbook(scope, wording.in_language(page.area), [page.table, page.measures_table])


@require_safe
@roles_required(*BUREAU_ROLES)
def completeness_xlsx(request: HttpRequest, year: int) -> HttpResponse:
    """Send the completeness board under the filters of its page."""
    scope = scope_or_404(request, year)
    table = board_table(board_of(scope, choice_in(request.GET)))
    return _workbook(scope, table.name, [table])


@require_safe
@roles_required(*BUREAU_ROLES)
def completeness_csv(request: HttpRequest, year: int) -> HttpResponse:
    """Send the completeness board under the filters of its page."""
    scope = scope_or_404(request, year)
    table = board_table(board_of(scope, choice_in(request.GET)))
    name = f"{scope.plan.year}-Q{scope.quarter}-{table.name}.csv"
    return attachment(csv_bytes(table), name=name, content_type="text/csv; charset=utf-8")


@require_safe
@roles_required(*BUREAU_ROLES)
def indicator_xlsx(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Send one indicator: the table under each of its figures, and who is in the sum and who is not."""
    scope = scope_or_404(request, year)
    found = indicator_or_404(scope, code)
    title = f"{found.code} {wording.in_language(found)}"
    return _workbook(scope, title, list(_indicator_tables(request, scope, found).values()))


@require_safe
@roles_required(*BUREAU_ROLES)
def indicator_csv(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Send one table of an indicator (`?table=`, the trend without it)."""
    scope = scope_or_404(request, year)
    tables = _indicator_tables(request, scope, indicator_or_404(scope, code))
    return _csv(scope, code, tables.get(request.GET.get("table", "trend")))


@require_safe
@roles_required(*BUREAU_ROLES)
def overview_csv(request: HttpRequest, year: int) -> HttpResponse:
    """Send the table of the areas, or with `?table=indicators` every indicator behind it."""
    page = pages.overview_page(scope_or_404(request, year))
    tables = {"areas": page.table, "indicators": page.indicators}
    return _csv(page.scope, gettext("Overview"), tables.get(request.GET.get("table", "areas")))


@require_safe
@roles_required(*BUREAU_ROLES)
def area_csv(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Send the indicators of one area, or with `?table=measures` its measures."""
    scope = scope_or_404(request, year)
    page = pages.area_page(scope, area_or_404(scope, number))
    tables = {"indicators": page.table, "measures": page.measures_table}
    return _csv(scope, wording.in_language(page.area), tables.get(request.GET.get("table", "indicators")))


def _csv(scope: Scope, title: str, table: Table | None) -> HttpResponse:
    if table is None:
        raise Http404
    name = f"{scope.plan.year}-Q{scope.quarter}-{title}-{table.name}.csv".replace("/", "-")
    return attachment(csv_bytes(table), name=name, content_type="text/csv; charset=utf-8")


def _indicator_tables(request: HttpRequest, scope: Scope, found: Indicator) -> dict[str, Table]:
    """Return the tables of the indicator page and of its explanation by name."""
    tables = {figure.key: figure.table for figure in pages.indicator_page(scope, found).figures}
    page = explain_page_or_404(request, scope, found)
    return tables | (page.tables if page else {})
