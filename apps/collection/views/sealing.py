"""Checking a sealed paper against what was submitted, by the code at its foot."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.access import permission_required
from apps.accounts.enums import Role
from apps.accounts.permissions import has_role
from apps.collection.sealing.checking import CheckedForm, code_in, forms_with

everyone = has_role(*Role)


@require_safe
@permission_required(everyone)
def seal_check(request: HttpRequest) -> HttpResponse:
    """Show the submitted form that the code on a paper belongs to."""
    user: Any = request.user
    typed = request.GET.get("code", "").strip()[:200]
    found: list[CheckedForm] | None = None
    error = ""
    if typed:
        try:
            found = forms_with(code_in(typed), viewer=user)
        except ValidationError as refusal:
            error = refusal.messages[0]
    context = {"typed": typed, "found": found, "error": error}
    return render(request, "collection/seal_check.html", context)
