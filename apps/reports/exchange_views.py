"""Taking tables out and bringing them in: upload, look at what would happen, confirm."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import permission_required
from apps.accounts.permissions import is_administrator
from apps.collection.models import Period
from apps.collection.services.fact_files import file_taken, sha256_of, taken_before, taken_text
from apps.core import clock
from apps.core.exchanging.outcomes import UNCHANGED, WRONG, Outcome
from apps.core.exchanging.reading import FileRefused
from apps.dashboards.home import plan_in_force
from apps.plans.models import AnnualPlan
from apps.reports.csvfile import csv_bytes
from apps.reports.exchange import AnyExchange, Exchange, exchange_of, exchanges
from apps.reports.marked import marked_workbook
from apps.reports.views import XLSX, attachment
from apps.reports.workbook import workbook_bytes

KEPT_SECONDS = 60 * 60
PAGE_SIZE = 100


class UploadForm(forms.Form):
    """A file, and the quarter that its facts belong to."""

    quarter = forms.TypedChoiceField(label=gettext_lazy("Quarter"), coerce=int)
    file = forms.FileField(
        label=gettext_lazy("File (.xlsx or .csv)"),
        allow_empty_file=False,
        widget=forms.ClearableFileInput({"accept": ".xlsx,.xls,.csv"}),
    )

    def __init__(self, *args: Any, table: AnyExchange, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table
        if not table.of_period:
            del self.fields["quarter"]
            return
        periods = table.plan.periods.filter(opens_on__lte=clock.today()).order_by("-quarter")
        quarter: Any = self.fields["quarter"]
        quarter.choices = [(period.quarter, period.get_quarter_display()) for period in periods]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        limits = self.table.limits
        if upload.size > limits.largest:
            raise forms.ValidationError(
                _("The file is larger than %(limit)s MB. Split it.") % {"limit": limits.megabytes}
            )
        self.content = upload.read()
        try:
            self.sheet = self.table.read(self.content)
        except FileRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return upload


@require_safe
@permission_required(is_administrator)
def index(request: HttpRequest) -> HttpResponse:
    """List the tables."""
    user: Any = request.user
    plan = _plan_or_404(request)
    context = {"plan": plan, "tables": exchanges(by=user, plan=plan)}
    return render(request, "reports/exchange/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(is_administrator)
@never_cache
def upload(request: HttpRequest, key: str) -> HttpResponse:
    """Take a file for one table; nothing is written before it has been looked at."""
    table = _table_or_404(request, key)
    if not table.has_import:
        raise Http404
    form = UploadForm(request.POST or None, request.FILES or None, table=table)
    if form.is_valid():
        kept = {
            "content": form.content,
            "sheet": form.sheet,
            "name": form.cleaned_data["file"].name,
            "quarter": form.cleaned_data.get("quarter"),
        }
        token = secrets.token_urlsafe(16)
        cache.set(_place(request, key, token), kept, KEPT_SECONDS)
        return redirect("reports:exchange_preview", key, token)
    return render(request, "reports/exchange/upload.html", {"table": table, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(is_administrator)
@never_cache
def preview(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """Show what the kept file would do; do it once that has been confirmed."""
    table = _table_or_404(request, key)
    kept = cache.get(_place(request, key, token))
    if kept is None:
        messages.warning(request, _("The file is no longer kept. Choose it again."))
        return redirect("reports:exchange_upload", key)
    if request.method != "POST" or _taken_before(table, kept):
        return _show(request, table, kept, token, _run(table, kept, dry_run=True))
    outcome = _confirmed(request, table, kept)
    if outcome is not None:
        messages.warning(
            request, _("Something has changed since you looked: see what the import would do now.")
        )
        return _show(request, table, kept, token, outcome)
    cache.delete(_place(request, key, token))
    return redirect("reports:exchange")


def _confirmed(request: HttpRequest, table: AnyExchange, kept: dict[str, Any]) -> Outcome | None:
    """Import exactly what was shown; return what it would do now where that is something else."""
    with transaction.atomic():
        outcome = _run(table, kept, dry_run=False)
        if outcome.fingerprint != request.POST.get("fingerprint") or not outcome.can_be_taken:
            transaction.set_rollback(True)
            return outcome
        _note(request, table, kept, outcome)
    counts = {"table": table.name, "new": outcome.n_new, "changed": outcome.n_changed}
    messages.success(
        request, _("%(table)s: %(new)s new and %(changed)s changed rows were taken over.") % counts
    )
    return None


def _note(request: HttpRequest, table: AnyExchange, kept: dict[str, Any], outcome: Outcome) -> None:
    """Remember a file of drafts: drafts change, and the same file must not undo that."""
    user: Any = request.user
    if period := _period(table, kept):
        file_taken(
            sha256=sha256_of(kept["content"]),
            name=kept["name"],
            n_saved=outcome.n_new + outcome.n_changed,
            n_refused=outcome.n_wrong,
            by=user,
            period=period,
        )


def _taken_before(table: AnyExchange, kept: dict[str, Any]) -> str:
    """Return when this very file was taken over already, in words; empty when it was not."""
    period = _period(table, kept)
    upload = taken_before(sha256_of(kept["content"]), period=period) if period else None
    return taken_text(upload) if upload else ""


def _run(table: AnyExchange, kept: dict[str, Any], *, dry_run: bool) -> Outcome:
    return table.run(kept["sheet"], dry_run=dry_run, period=_period(table, kept))


def _show(
    request: HttpRequest, table: AnyExchange, kept: dict[str, Any], token: str, outcome: Outcome
) -> HttpResponse:
    """Wrong rows first, then what changes, then what stays."""
    order = {WRONG: 0, UNCHANGED: 2}
    rows = sorted(outcome.rows, key=lambda row: (order.get(row.kind, 1), row.number))
    context = {
        "table": table,
        "outcome": outcome,
        "token": token,
        "taken_before": _taken_before(table, kept),
        "file_name": kept["name"],
        "period": _period(table, kept),
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "reports/exchange/preview.html", context)


@require_safe
@permission_required(is_administrator)
@never_cache
def errors(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """Send the kept file back with what is wrong beside its rows."""
    table = _table_or_404(request, key)
    kept = cache.get(_place(request, key, token))
    if kept is None:
        messages.warning(request, _("The file is no longer kept. Choose it again."))
        return redirect("reports:exchange_upload", key)
    content = marked_workbook(kept["content"], _run(table, kept, dry_run=True), table.limits)
    name = _file_name(_("%(table)s (to be corrected)") % {"table": table.name}, "xlsx")
    return attachment(content, name=name, content_type=XLSX)


@require_safe
@permission_required(is_administrator)
def export_xlsx(request: HttpRequest, key: str) -> HttpResponse:
    """Send a table as it is now."""
    table = _export_or_404(request, key)
    content = workbook_bytes([table.table()], facts=_facts(request, table))
    return attachment(content, name=_file_name(table.name, "xlsx"), content_type=XLSX)


@require_safe
@permission_required(is_administrator)
def export_csv(request: HttpRequest, key: str) -> HttpResponse:
    """Send a table as it is now."""
    table = _export_or_404(request, key)
    name = _file_name(table.name, "csv")
    return attachment(csv_bytes(table.table()), name=name, content_type="text/csv; charset=utf-8")


@require_safe
@permission_required(is_administrator)
def template(request: HttpRequest, key: str) -> HttpResponse:
    """Send the empty table."""
    table = _table_or_404(request, key)
    if not table.has_import:
        raise Http404
    content = workbook_bytes([table.template()], facts=_facts(request, table))
    name = _file_name(_("%(table)s (template)") % {"table": table.name}, "xlsx")
    return attachment(content, name=name, content_type=XLSX)


def _facts(request: HttpRequest, table: AnyExchange) -> list[tuple[str, str]]:
    user: Any = request.user
    facts = [
        (_("Content"), table.name),
        (_("How to use it"), table.about),
        (_("Business date"), clock.today().isoformat()),
        (_("Made for"), f"{user.name} ({user.get_role_display()})"),
    ]
    if table.has_import:
        facts.append((_("Columns that must be there"), "、".join(table.required)))
    return facts


def _file_name(name: str, ending: str) -> str:
    return f"{name}-{clock.today():%Y%m%d}.{ending}".replace("/", "-")


def _period(table: AnyExchange, kept: dict[str, Any]) -> Period | None:
    quarter = kept["quarter"]
    return table.plan.periods.get(quarter=quarter) if quarter else None


def _place(request: HttpRequest, key: str, token: str) -> str:
    """Return where a file is kept: for one person and one table only."""
    return f"exchange:{request.user.pk}:{key}:{token}"


def _plan_or_404(request: HttpRequest) -> AnnualPlan:
    user: Any = request.user
    plan = plan_in_force(user)
    if plan is None or plan.region_id != user.region_id:
        raise Http404
    return plan


def _table_or_404(request: HttpRequest, key: str) -> AnyExchange:
    user: Any = request.user
    table = exchange_of(key, by=user, plan=_plan_or_404(request))
    if table is None:
        raise Http404
    return table


def _export_or_404(request: HttpRequest, key: str) -> Exchange:
    table = _table_or_404(request, key)
    if not isinstance(table, Exchange):
        raise Http404
    return table
