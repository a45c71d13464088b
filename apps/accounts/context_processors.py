from __future__ import annotations

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from apps.accounts.navigation import entries_for


def navigation(request: HttpRequest) -> dict[str, object]:
    """Give templates `navigation` (main navigation of the user's role) and `home_url`."""
    user = getattr(request, "user", None)
    try:
        home = reverse("home")
    except NoReverseMatch:
        home = "/"
    return {"navigation": entries_for(request) if user and user.is_authenticated else [], "home_url": home}
