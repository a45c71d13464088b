"""The security log for the auditor and the administrator, and the locks that an administrator removes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import get_visible_or_404, permission_required
from apps.accounts.models import User
from apps.accounts.permissions import manages_accounts, reads_changes
from apps.accounts.security import second_factor
from apps.accounts.security.forms import EventFilterForm
from apps.accounts.security.locks import lock_remove, locks_visible_to
from apps.accounts.security.models import LoginLock

PAGE_SIZE = 50


@require_safe
@permission_required(reads_changes)
def log(request: HttpRequest) -> HttpResponse:
    """List what happened about logins, refusals and downloads, newest first; above it what is locked now."""
    user: Any = request.user
    form = EventFilterForm(request.GET)
    page = Paginator(form.rows(user), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "locks": locks_visible_to(user)}
    context["may_unlock"] = manages_accounts(user)
    return render(request, "accounts/security_log.html", context)


@require_POST
@permission_required(manages_accounts)
def unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a locked account or address try again."""
    by: Any = request.user
    lock = get_object_or_404(LoginLock, pk__in=[lock.pk for lock in locks_visible_to(by)], pk=pk)
    lock_remove(lock=lock, by=by)
    messages.success(request, _("The lock is removed."))
    return redirect("accounts:users" if request.POST.get("from") == "users" else "accounts:security")


@require_POST
@never_cache
@permission_required(manages_accounts)
def factor_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch the second step of somebody off who lost the telephone and the paper."""
    by: Any = request.user
    people = User.objects.filter(second_factor__confirmed_at__isnull=False).exclude(pk=by.pk)
    person = get_visible_or_404(people, by, pk=pk)
    second_factor.factor_remove(user=person, by=by)
    messages.success(request, _("The second step of %(name)s is switched off.") % {"name": person.name})
    return redirect("accounts:users")
