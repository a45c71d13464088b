"""Errata between versions, and any two releases side by side; on the screen and as files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accounts.access import roles_required
from apps.accounts.enums import BUREAU_ROLES
from apps.dashboards.tables import Table
from apps.reports.csvfile import csv_bytes
from apps.reports.jobs.releases import release_name
from apps.reports.releases import comparison, erratum_words
from apps.reports.releases.audience import audience_of
from apps.reports.releases.comparison import Pair, pairs_of
from apps.reports.releases.edition import Edition, edition_of
from apps.reports.releases.erratum import Erratum, erratum_of
from apps.reports.releases.guarded import release_or_404
from apps.reports.releases.models import Release
from apps.reports.releases.pages import all_releases
from apps.reports.views import XLSX, attachment
from apps.reports.workbook import workbook_bytes

CSV = "text/csv; charset=utf-8"


def name_of(release: Release) -> str:
    """Return a release as people call it."""
    return release_name({"year": release.plan.year, "quarter": release.quarter, "version": release.version})


def _edition(request: HttpRequest, release: Release) -> Edition:
    user: Any = request.user
    return edition_of(release, audience_of(user))


def _erratum(request: HttpRequest, year: int, quarter: int, version: int) -> tuple[Release, Release, Erratum]:
    """Return a version, the one it is compared with (`?from=`, the one before without it), what changed."""
    asked = request.GET.get("from", "")
    earlier = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 4 else version - 1
    if not 0 < earlier < version:
        raise Http404
    new = release_or_404(request, year, quarter, version)
    old = release_or_404(request, year, quarter, earlier)
    return old, new, erratum_of(_edition(request, old), _edition(request, new))


@require_safe
@never_cache
@roles_required(*BUREAU_ROLES)
def erratum(request: HttpRequest, year: int, quarter: int, version: int) -> HttpResponse:
    """Show what a version corrects."""
    old, new, found = _erratum(request, year, quarter, version)
    groups = [(erratum_words.area_name(area), _by_kind(changes)) for area, changes in found.by_area]
    context = {
        "old": old,
        "new": new,
        "plan": new.plan,
        "groups": groups,
        "counts": erratum_words.counts_of(found),
    }
    return render(request, "reports/releases/erratum.html", context)


def _by_kind(changes: Any) -> list[tuple[str, list[Any]]]:
    kinds = dict.fromkeys(change.section for change in changes)
    return [
        (str(erratum_words.NAMES[kind]), [change for change in changes if change.section == kind])
        for kind in kinds
    ]


@require_safe
@roles_required(*BUREAU_ROLES)
def erratum_xlsx(request: HttpRequest, year: int, quarter: int, version: int) -> HttpResponse:
    """Send the erratum as a workbook."""
    old, new, found = _erratum(request, year, quarter, version)
    return _workbook(request, erratum_words.table_of(found), old, new)


@require_safe
@roles_required(*BUREAU_ROLES)
def erratum_csv(request: HttpRequest, year: int, quarter: int, version: int) -> HttpResponse:
    """Send the erratum as a table."""
    _old, new, found = _erratum(request, year, quarter, version)
    return _csv(erratum_words.table_of(found), new)


@dataclass(frozen=True)
class Compared:
    """Two releases and what of them is asked: an area, only what changed."""

    old: Release
    new: Release
    area: int | None
    changed: bool
    pairs: list[Pair]

    @property
    def table(self) -> Table:
        return comparison.table_of(self.pairs, old_name=name_of(self.old), new_name=name_of(self.new))


def _compared(request: HttpRequest, releases: list[Release]) -> Compared | None:
    """Return the two releases that the address names (`?old=2025-2-1&new=2025-3-1`); None: not chosen yet.

    A release that is not there for the reader is a 404.
    """
    known = {key_of(release): release for release in releases}
    asked = [request.GET.get(name, "") for name in ("old", "new")]
    if not all(asked):
        return None
    if not all(key in known for key in asked):
        raise Http404
    old, new = (
        release_or_404(request, known[key].plan.year, known[key].quarter, known[key].version) for key in asked
    )
    number = request.GET.get("area", "")
    area = int(number) if number.isascii() and number.isdecimal() and len(number) < 4 else None
    changed = "changed" in request.GET
    pairs = pairs_of(_edition(request, old), _edition(request, new), area=area, changed=changed)
    return Compared(old, new, area, changed, pairs)


def key_of(release: Release) -> str:
    """Return a release as an address writes it."""
    return f"{release.plan.year}-{release.quarter}-{release.version}"


@require_safe
@never_cache
@roles_required(*BUREAU_ROLES)
def compare(request: HttpRequest) -> HttpResponse:
    """Show two releases side by side."""
    user: Any = request.user
    releases = all_releases(user)
    found = _compared(request, releases)
    context = {
        "found": found,
        "choices": [(key_of(release), name_of(release)) for release in releases],
        "old_key": request.GET.get("old", ""),
        "new_key": request.GET.get("new", ""),
        "areas": found.new.plan.areas.order_by("number") if found else [],
        "names": (name_of(found.old), name_of(found.new)) if found else ("", ""),
        "query": request.GET.urlencode(),
    }
    return render(request, "reports/releases/compare.html", context)


@require_safe
@roles_required(*BUREAU_ROLES)
def compare_xlsx(request: HttpRequest) -> HttpResponse:
    """Send the comparison as a workbook."""
    found = _compared_or_404(request)
    return _workbook(request, found.table, found.old, found.new)


@require_safe
@roles_required(*BUREAU_ROLES)
def compare_csv(request: HttpRequest) -> HttpResponse:
    """Send the comparison as a table."""
    found = _compared_or_404(request)
    return _csv(found.table, found.new)


def _compared_or_404(request: HttpRequest) -> Compared:
    user: Any = request.user
    found = _compared(request, all_releases(user))
    if found is None:
        raise Http404
    return found


def _workbook(request: HttpRequest, table: Table, old: Release, new: Release) -> HttpResponse:
    user: Any = request.user
    facts = [
        (_("Content"), table.name),
        (_("Earlier release"), f"{name_of(old)} · {old.sha256}"),
        (_("Later release"), f"{name_of(new)} · {new.sha256}"),
        (_("Made for"), f"{user.name} ({user.get_role_display()})"),
    ]
    content = workbook_bytes([table], facts=facts)
    return attachment(content, name=f"{name_of(new)}-{table.name}.xlsx", content_type=XLSX)


def _csv(table: Table, new: Release) -> HttpResponse:
    return attachment(csv_bytes(table), name=f"{name_of(new)}-{table.name}.csv", content_type=CSV)
