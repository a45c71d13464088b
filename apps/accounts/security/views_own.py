"""What a person sees of their own logins: devices, second step."""

from __future__ import annotations

import io
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from apps.accounts.models import User
from apps.accounts.security import devices as device_names
from apps.accounts.security import locks, second_factor, services, totp
from apps.accounts.security.forms import CodeForm
from apps.accounts.security.models import SecondFactor


@never_cache
@login_required
def devices(request: HttpRequest) -> HttpResponse:
    """Where a person is logged in; a login can be ended, or all others."""
    user: Any = request.user
    if request.method == "POST":
        return _end(request, user)
    rows = [
        {
            "key": services.public_key(row),
            "words": device_names.words(row.agent),
            "row": row,
            "is_this": row.session_key == request.session.session_key,
        }
        for row in user.sessions.order_by("-seen_at")
    ]
    times = {
        "idle_minutes": settings.SESSION_IDLE_MINUTES,
        "session_hours": settings.SESSION_COOKIE_AGE // 3600,
    }
    return render(request, "accounts/devices.html", {"rows": rows} | times)


def _end(request: HttpRequest, user: User) -> HttpResponse:
    n_ended = services.sessions_end(
        user=user, by=user, keep=request.session.session_key, only=request.POST.get("device", "")
    )
    if n_ended:
        messages.success(request, _("Ended. That browser must log in again."))
    else:
        messages.info(request, _("Nothing to end: that login was over already."))
    return redirect("accounts:devices")


@sensitive_post_parameters()
@never_cache
@login_required
def factor(request: HttpRequest) -> HttpResponse:
    """Switch the second step on or off, or get new codes for paper."""
    user: Any = request.user
    if "begin" in request.POST:
        second_factor.factor_begin(user=user)
        return redirect("accounts:second-factor")
    found = SecondFactor.objects.filter(user=user).first()
    form = CodeForm(request.POST if "code" in request.POST else None)
    if found is not None and form.is_valid() and (made := _act(request, form, found)) is not None:
        return _shown(request, made)
    context: dict[str, Any] = {"form": form, "factor": found, "is_required": second_factor.is_required(user)}
    if found is not None and found.confirmed_at is None:
        secret = second_factor.secret_to_show(found)
        context |= _setup(user, secret) if secret else {"factor": None}
    elif found is not None:
        context["n_codes"] = found.recovery_codes.filter(used_at=None).count()
    return render(request, "accounts/second_factor.html", context)


def _act(request: HttpRequest, form: CodeForm, found: SecondFactor) -> list[str] | None:
    """Do what was asked and return new codes for paper, if any; None, with the reason in `form`, if not."""
    user: Any = request.user
    typed = form.cleaned_data["code"]
    attempt = None
    try:
        attempt = locks.attempt_begin(user.username, purpose="step")
        if found.confirmed_at is None:
            made = second_factor.factor_confirm(user=user, typed=typed, keep=request.session.session_key)
        elif "off" in request.POST:
            second_factor.factor_remove(user=user, by=user, typed=typed)
            made = []
        else:
            made = second_factor.codes_renew(user=user, typed=typed)
    except ValidationError as error:
        form.add_error("code", error)
        if attempt:
            locks.attempt_failed(attempt)
        return None
    locks.attempt_succeeded(attempt)
    return made


def _shown(request: HttpRequest, made: list[str]) -> HttpResponse:
    if made:
        return render(request, "accounts/recovery_codes.html", {"codes": made})
    messages.success(request, _("The second step is switched off."))
    return redirect("accounts:second-factor")


def _setup(user: User, secret: bytes) -> dict[str, object]:
    import segno  # draws the picture of this one page

    link = totp.address(secret, account=user.username, issuer=_("Lusong Education Target Tracker"))
    drawn = io.BytesIO()
    segno.make(link, error="m").save(
        drawn,
        kind="svg",
        omitsize=True,
        border=2,
        xmldecl=False,
        svgns=True,
        nl=False,
        title=_("Picture for the authenticator"),
    )
    picture = mark_safe(drawn.getvalue().decode())  # noqa: S308 - segno escapes the title  # nosec B308 B703
    return {"secret": totp.shown(secret), "link": link, "picture": picture}
