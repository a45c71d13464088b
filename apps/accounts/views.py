from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from apps.accounts import codes, services
from apps.accounts.access import get_visible_or_404, permission_required
from apps.accounts.forms import PasswordForm, ResetForm, UserFilterForm, UserForm
from apps.accounts.models import User
from apps.accounts.permissions import manages_accounts
from apps.accounts.security import locks

PAGE_SIZE = 50

logout = auth_views.LogoutView.as_view(next_page="accounts:login")


@sensitive_post_parameters()
@never_cache
@login_required
def password(request: HttpRequest) -> HttpResponse:
    """A person changes their own password."""
    user: Any = request.user
    form = PasswordForm(request.POST or None, user=user)
    if form.is_valid():
        services.password_set(user=user, password=form.cleaned_data["new_password"], by=user)
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password has been changed."))
        return redirect("home")
    return render(request, "accounts/password.html", {"form": form})


@sensitive_post_parameters()
@never_cache
def reset(request: HttpRequest) -> HttpResponse:
    """Whoever has a one-time code sets a new password."""
    form = ResetForm(request.POST or None)
    if form.is_valid() and _redeem(form):
        messages.success(request, _("Your new password is set. Please log in."))
        return redirect("accounts:login")
    return render(request, "accounts/reset.html", {"form": form})


def _redeem(form: ResetForm) -> User | None:
    data = form.cleaned_data
    try:
        attempt = locks.attempt_begin(data["username"], purpose="reset")
    except ValidationError as error:
        form.add_error("code", error)
        return None
    try:
        user = services.reset_code_redeem(
            username=data["username"], code=data["code"], password=data["new_password"]
        )
    except ValidationError as error:
        locks.attempt_succeeded(attempt)
        form.add_error("new_password", error)
        return None
    if user:
        locks.attempt_succeeded(attempt)
    else:
        locks.attempt_failed(attempt)
        form.add_error(
            "code", _("User name and code do not fit, or the code has expired. Ask for a new one.")
        )
    return user


@require_safe
@permission_required(manages_accounts)
def users(request: HttpRequest) -> HttpResponse:
    """List the accounts of the region."""
    by: Any = request.user
    form = UserFilterForm(request.GET, by=by)
    page = Paginator(form.rows(by), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "accounts/users.html", {"form": form, "page": page})


@permission_required(manages_accounts)
@never_cache
def user_new(request: HttpRequest) -> HttpResponse:
    """Create an account and show its first one-time code."""
    by: Any = request.user
    form = UserForm(request.POST or None, by=by)
    if form.is_valid():
        user = services.user_create(**form.cleaned_data, region=by.region, by=by)
        return _show_code(request, user)
    return render(request, "accounts/user_new.html", {"form": form})


@permission_required(manages_accounts)
@require_POST
@never_cache
def user_code(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue a one-time code and show it this once."""
    return _show_code(request, get_visible_or_404(User.objects.filter(is_active=True), request.user, pk=pk))


@permission_required(manages_accounts)
@require_POST
def user_active(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch an account on or off."""
    user = get_visible_or_404(User.objects, request.user, pk=pk)
    by: Any = request.user
    services.user_set_active(user=user, active=request.POST.get("active") == "1", by=by)
    done = (
        _("The account %(name)s is active.") if user.is_active else _("The account %(name)s is deactivated.")
    )
    messages.success(request, done % {"name": user.name})
    return redirect("accounts:users")


def _show_code(request: HttpRequest, user: User) -> HttpResponse:
    by: Any = request.user
    code = services.reset_code_issue(user=user, by=by)
    return render(request, "accounts/code.html", {"person": user, "code": codes.shown(code)})
