"""The rules about figures: what they are, how often they were right, and their changes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import permission_required
from apps.collection.rules.forms import NewRuleForm, RuleForm
from apps.collection.rules.pages import RuleFilter, limit_of, rule_rows, subject_of
from apps.collection.rules.record import Record, records
from apps.core.templatetags.lusong import local_text
from apps.plans.enums import RuleKind
from apps.plans.models import DataElement, ValidationRule
from apps.plans.rules.permissions import adds_rules, edits_rules_of, reads_rules, why_not
from apps.plans.rules.services import rule_add, rule_change


@require_safe
@permission_required(reads_rules)
def rules(request: HttpRequest) -> HttpResponse:
    """List the rules with how often each fired and was right."""
    user: Any = request.user
    chosen = RuleFilter.read(request.GET)
    context = {
        "rows": rule_rows(user, chosen),
        "chosen": chosen,
        "kinds": RuleKind.choices,
        "may_add": adds_rules(user),
    }
    return render(request, "collection/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(adds_rules)
def rule_new(request: HttpRequest) -> HttpResponse:
    """Add a rule."""
    user: Any = request.user
    form = NewRuleForm(request.POST or None, by=user)
    if form.is_valid():
        try:
            rule_add(**form.values(), by=user)
        except ValidationError as error:
            form.take_errors(error)
        else:
            messages.success(request, _("The rule is in use from now on."))
            return redirect("collection:rules")
    return render(request, "collection/rule.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(reads_rules)
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a rule with its record and changes; change it."""
    user: Any = request.user
    rules = ValidationRule.objects.visible_to(user).select_related("element", "other", "changed_by")
    found = get_object_or_404(rules, pk=pk)
    may_edit = edits_rules_of(user, found.element)
    if request.method == "POST" and not may_edit:
        raise PermissionDenied
    form = RuleForm.of(found, request.POST or None)
    if form.is_valid():
        try:
            rule_change(rule=found, **form.values(), by=user)
        except ValidationError as error:
            form.take_errors(error)
        else:
            messages.success(request, _("The rule is changed; forms follow it from now on."))
            return redirect("collection:rules")
    names = {
        element.code: local_text(element) for element in DataElement.objects.filter(code__in=found.addends)
    }
    context = {
        "rule": found,
        "form": form if may_edit else None,
        "subject": subject_of(found, names),
        "limit": limit_of(found),
        "why_not": why_not(user, found.element),
        "record": records(user).get(found.pk, Record()),
    }
    return render(request, "collection/rule.html", context)
