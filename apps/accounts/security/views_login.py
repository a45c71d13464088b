"""Logging in: the password, then the second step for who has one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth import views as auth_views
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from apps.accounts.models import User
from apps.accounts.security import locks, second_factor
from apps.accounts.security.forms import CodeForm, LoginForm

HALF_WAY = "second_step"
LIFETIME = timedelta(minutes=5)


class Login(auth_views.LoginView):
    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True
    extra_context = {"idle_minutes": settings.SESSION_IDLE_MINUTES}

    def form_valid(self, form: Any) -> Any:
        user = form.get_user()
        if not second_factor.is_on(user):
            return super().form_valid(form)
        self.request.session.cycle_key()
        self.request.session[HALF_WAY] = {
            "user": user.pk,
            "hash": user.get_session_auth_hash(),
            "at": timezone.now().isoformat(),
            "next": self.get_success_url(),
        }
        return redirect("accounts:login-step")


@sensitive_post_parameters()
@never_cache
def login_step(request: HttpRequest) -> HttpResponse:
    """Ask for the second step's code of whoever gave the right password up to five minutes ago."""
    pending: Any = request.session.get(HALF_WAY)
    user = _half_way(pending)
    if user is None:
        return redirect("accounts:login")
    form = CodeForm(request.POST or None)
    if form.is_valid() and _checked(form, user):
        target = pending["next"]
        del request.session[HALF_WAY]
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect(target)
    return render(request, "accounts/login_step.html", {"form": form})


def _half_way(pending: Any) -> User | None:
    if not pending or (begun := parse_datetime(pending["at"])) is None or timezone.now() - begun > LIFETIME:
        return None
    user = User.objects.filter(pk=pending["user"], is_active=True).first()
    unchanged = user is not None and constant_time_compare(user.get_session_auth_hash(), pending["hash"])
    return user if unchanged else None


def _checked(form: CodeForm, user: User) -> bool:
    """Count the try, then use the code up; what is wrong stands at the field."""
    try:
        attempt = locks.attempt_begin(user.username, purpose="step")
    except ValidationError as error:
        form.add_error("code", error)
        return False
    if second_factor.code_use(user=user, typed=form.cleaned_data["code"]):
        locks.attempt_succeeded(attempt)
        return True
    locks.attempt_failed(attempt)
    form.add_error("code", [second_factor.refusal(user), *filter(None, [locks.advice(attempt)])])
    return False
