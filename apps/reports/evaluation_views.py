"""Files of the national evaluations: exactly what the screen shows, under its filters."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.dashboards.evaluations.page import EvaluationPage, local
from apps.dashboards.evaluations.tables import tables_of
from apps.dashboards.evaluations.views import page_or_404
from apps.dashboards.selectors import Scope
from apps.reports.csvfile import csv_bytes
from apps.reports.views import XLSX, attachment, facts_of
from apps.reports.workbook import workbook_bytes


def _page(request: HttpRequest, year: int, key: str) -> tuple[Scope, EvaluationPage]:
    scope, page = page_or_404(request, year, key)
    if page is None:
        raise Http404
    return scope, page


def _name(scope: Scope, title: str, ending: str) -> str:
    return f"{scope.plan.year}-Q{scope.quarter}-{title}.{ending}".replace("/", "-")


@require_safe
@login_required
def evaluation_xlsx(request: HttpRequest, year: int, key: str) -> HttpResponse:
    """Send an evaluation: its items and its schools."""
    scope, page = _page(request, year, key)
    title = local(page.evaluation)
    content = workbook_bytes(list(tables_of(page).values()), facts=facts_of(scope, title))
    return attachment(content, name=_name(scope, title, "xlsx"), content_type=XLSX)


@require_safe
@login_required
def evaluation_csv(request: HttpRequest, year: int, key: str) -> HttpResponse:
    """Send one table of an evaluation (`?table=`, the schools without it)."""
    scope, page = _page(request, year, key)
    table = tables_of(page).get(request.GET.get("table", "schools"))
    if table is None:
        raise Http404
    title = f"{local(page.evaluation)}-{table.name}"
    return attachment(
        csv_bytes(table), name=_name(scope, title, "csv"), content_type="text/csv; charset=utf-8"
    )
