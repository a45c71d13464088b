"""A forgotten password: by a one-time code of the administrator, or by a link in an e-mail."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from apps.accounts.security import resetting
from apps.accounts.security.forms import AskLinkForm, LinkPasswordForm

KEPT = "reset_link"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """Take a user name and say the same whoever it belongs to; without e-mail say whom to ask."""
    form = AskLinkForm(request.POST or None)
    asked = False
    if resetting.is_offered() and form.is_valid():
        try:
            resetting.link_ask(username=form.cleaned_data["username"], base=_base(request))
            asked = True
        except ValidationError as error:
            form.add_error("username", error)
    minutes = settings.PASSWORD_RESET_TIMEOUT // 60
    context = {"form": form, "asked": asked, "minutes": minutes, "offered": resetting.is_offered()}
    return render(request, "accounts/reset_ask.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@never_cache
def link(request: HttpRequest) -> HttpResponse:
    """Open a link and set a new password.

    The link's secret leaves the address at once, so that it stands in no history and in no referrer.
    """
    if given := request.GET.get("t", ""):
        request.session[KEPT] = given[:200]
        return redirect("accounts:reset-link")
    given = request.session.get(KEPT, "")
    user = resetting.user_of(given)
    form = LinkPasswordForm(request.POST or None, user=user) if user else None
    if form is not None and form.is_valid():
        if resetting.link_use(given=given, password=form.cleaned_data["new_password"]):
            return _done(request)
        form = None
    return render(
        request, "accounts/reset_link.html", {"form": form, "person": user}, status=200 if form else 400
    )


def _done(request: HttpRequest) -> HttpResponse:
    """Leave with a fresh session: what was begun with the link ends with it."""
    request.session.flush()
    messages.success(request, _("Your new password is set. Please log in."))
    return redirect("accounts:login")


def _base(request: HttpRequest) -> Any:
    return settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
