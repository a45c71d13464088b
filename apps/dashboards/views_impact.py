"""What accepting a correction would move, before it is accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accounts.access import get_visible_or_404, roles_required
from apps.accounts.enums import Role
from apps.core import display
from apps.dashboards import wording
from apps.dashboards.citing import touched_by
from apps.reviews.enums import ReviewStatus
from apps.reviews.models import OfficeReview
from apps.reviews.pages import may_decide
from apps.rollups.impact import Moved, Standing, impact_of
from apps.rollups.suppression import viewer_of

MOST_SHOWN = 60


@dataclass(frozen=True)
class Line:
    """One moved result in words."""

    moved: Moved
    before: str
    after: str


@require_safe
@never_cache
@roles_required(Role.OFFICE, Role.DEPUTY)
def impact(request: HttpRequest, pk: int) -> HttpResponse:
    """Show which totals and lights accepting a part would change."""
    user: Any = request.user
    rows = OfficeReview.objects.select_related(
        "office", "submission__organisation", "submission__period__plan__policy"
    )
    found: OfficeReview = get_visible_or_404(rows, user, pk=pk)
    if not may_decide(user, found):
        raise PermissionDenied
    policy = found.submission.period.plan.policy
    moved = (
        impact_of(found, by=user, viewer=viewer_of(user, threshold=policy.small_cell_threshold))
        if found.status == ReviewStatus.WAITING
        else []
    )
    context = {
        "review": found,
        "lines": lines_of(moved[:MOST_SHOWN]),
        "n_more": max(len(moved) - MOST_SHOWN, 0),
        "n_lights": sum(row.changes_light for row in moved),
        "n_indicators": len({row.indicator.pk for row in moved}),
        "citations": (
            touched_by(user, found.submission.period, moved) if found.status == ReviewStatus.WAITING else []
        ),
    }
    return render(request, "dashboards/impact.html", context)


def lines_of(moved: Sequence[Moved]) -> list[Line]:
    """Return moved results with their values as text; a hidden one shows none."""
    return [Line(row, _text(row, row.before), _text(row, row.after)) for row in moved]


def _text(row: Moved, standing: Standing | None) -> str:
    if row.is_hidden:
        return "＊"
    if standing is None or standing.value is None:
        return "–"
    unit = row.indicator.unit
    if not wording.is_chinese():
        unit = wording.ENGLISH_UNITS.get(unit, "")
    shown = display.number_text(standing.value, row.indicator.decimals)
    if row.before and row.after and row.before.value is not None and row.after.value is not None:
        shown = _distinct(row, standing)
    joint = "" if unit in wording.WORDLESS_UNITS else unit
    return f"{shown}{'' if joint == wording.PERCENT else ' '}{joint}".strip()


def _distinct(row: Moved, standing: Standing) -> str:
    """Show as many decimals as it takes to tell before and after apart."""
    assert row.before is not None
    assert row.after is not None
    for decimals in range(row.indicator.decimals, wording.MOST_DECIMALS + 1):
        before, after = (display.number_text(one.value, decimals) for one in (row.before, row.after))  # type: ignore[arg-type]
        if before != after:
            break
    return before if standing is row.before else after
