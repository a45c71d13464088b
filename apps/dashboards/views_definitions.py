"""The page on which the bureau changes what an indicator counts: one proposes, another confirms."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import get_visible_or_404, permission_required
from apps.accounts.models import User
from apps.accounts.permissions import confirms_targets
from apps.dashboards.definition_history import DefinitionForm, DefinitionHistory, history_of
from apps.dashboards.views_bureau import plan_or_404, show_refusal
from apps.plans.definitions.services import definition_confirm, definition_propose
from apps.plans.models import Indicator


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(confirms_targets)
def definition(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the definitions of one indicator; propose another or confirm the proposal."""
    user: Any = request.user
    rows = Indicator.objects.filter(plan=plan_or_404(user)).select_related("plan", "area", "lead_office")
    indicator = get_visible_or_404(rows, user, pk=pk)
    history = history_of(indicator)
    form = DefinitionForm(request.POST if "propose" in request.POST else None, history=history)
    refusals: list[str] = []
    if "confirm" in request.POST:
        refusals = _confirm(history, user, request.POST["confirm"])
        if not refusals:
            sentence = _("The new definition of “%(name)s” is confirmed; its quarters are computed again.")
            messages.success(request, sentence % {"name": indicator.name})
            return redirect("dashboards:definition", pk=pk)
    if _proposed(form, history, user):
        sentence = _("The change of “%(name)s” is proposed; it counts once somebody else has confirmed it.")
        messages.success(request, sentence % {"name": indicator.name})
        return redirect("dashboards:definition", pk=pk)
    context = {"history": history, "indicator": indicator, "form": form, "refusals": refusals}
    return render(request, "home/definition.html", context)


def _confirm(history: DefinitionHistory, user: User, asked: str) -> list[str]:
    """Confirm the proposal that the reader saw, and return why it was refused."""
    seen = next((row for row in history.revisions if str(row.pk) == asked), None)
    if seen is None:
        return [_("This proposal is no longer there.")]
    try:
        definition_confirm(revision=seen, by=user)
    except ValidationError as error:
        return error.messages
    return []


def _proposed(form: DefinitionForm, history: DefinitionHistory, user: User) -> bool:
    if not form.is_valid():
        return False
    data = form.cleaned_data
    try:
        definition_propose(
            indicator=history.indicator,
            by=user,
            reason=data["reason"],
            from_quarter=data["from_quarter"],
            texts=form.texts,
        )
    except ValidationError as error:
        show_refusal(form, error)
        return False
    return True
