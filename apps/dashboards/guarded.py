"""One guarded fetch for each kind of thing an address names; what the reader may not see is a 404."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from apps.collection.models import Submission
from apps.dashboards import selectors
from apps.dashboards.explaining import ExplainPage
from apps.dashboards.reading_cells import SLICE_CHOICES
from apps.dashboards.schools import schools_for
from apps.dashboards.selectors import Scope
from apps.plans.enums import SliceKind
from apps.plans.models import Indicator, TaskArea
from apps.rollups.explain import Explanation, NotComputedError, explain


def scope_or_404(request: HttpRequest, year: int) -> Scope:
    """Return the scope of a request: the plan of `year`, the quarter of `?quarter=` or the last ended one."""
    user: Any = request.user
    plan = selectors.plan_of(user, year=year)
    if plan is None:
        raise Http404
    return selectors.scope_of(user, plan=plan, quarter=quarter_in(request))


def quarter_in(request: HttpRequest) -> int | None:
    """Return the quarter that `?quarter=` names, None for anything but 1 to 4."""
    asked = request.GET.get("quarter", "")
    return int(asked) if asked in {"1", "2", "3", "4"} else None


def area_or_404(scope: Scope, number: int) -> TaskArea:
    """Return an area of the plan by its number."""
    area: TaskArea = get_object_or_404(selectors.areas_in(scope), number=number)
    return area


def indicator_or_404(scope: Scope, code: str) -> Indicator:
    """Return an indicator that is switched on and that the reader may know of."""
    indicator: Indicator = get_object_or_404(selectors.indicators_in(scope), code=code)
    return indicator


def explain_page_or_404(request: HttpRequest, scope: Scope, indicator: Indicator) -> ExplainPage | None:
    """Return the page of an explanation, of one school's part alone with `?school=`; None as below.

    A school the reader may not see is a 404.
    """
    explanation = explanation_or_404(request, scope, indicator)
    asked = request.GET.get("school", "")
    school = None
    if asked:
        wanted = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else 0
        school = get_object_or_404(schools_for(scope.user), pk=wanted)
    if explanation is None:
        return None
    rows = [*explanation.included, *explanation.excluded]
    returns = Submission.objects.visible_to(scope.user).filter(
        pk__in={row.submission_id for row in rows if row.submission_id}
    )
    openable = frozenset(returns.values_list("pk", flat=True)) if rows else frozenset()
    return ExplainPage(scope, explanation, school, openable)


def explanation_or_404(request: HttpRequest, scope: Scope, indicator: Indicator) -> Explanation | None:
    """Return the explanation of a figure in the scope's quarter, of the whole or of `?slice=stage:primary`.

    None: nothing has been computed yet. An unknown slice is a 404.
    """
    user: Any = request.user
    kind, _, value = request.GET.get("slice", "").partition(":")
    if kind and (kind not in SLICE_CHOICES or value not in SLICE_CHOICES[SliceKind(kind)].values):
        raise Http404
    if scope.period is None:
        return None
    chosen = {"slice_kind": kind or SliceKind.ALL, "slice_value": value}
    try:
        return explain(indicator=indicator, period=scope.period, region=scope.region, viewer=user, **chosen)
    except NotComputedError:
        return None
