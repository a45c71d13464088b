from __future__ import annotations

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from apps.accounts.navigation import entries_for

# Eight fit beside the name of the product on a screen of 1366 pixels.
IN_SIGHT = 8


def navigation(request: HttpRequest) -> dict[str, object]:
    """Give templates the main navigation of the user's role and `home_url`.

    `navigation` is what stands in sight, `navigation_more` what is behind a menu (never a single entry), and
    `navigation_beyond` the entry of that menu whose page is shown.
    """
    user = getattr(request, "user", None)
    try:
        home = reverse("home")
    except NoReverseMatch:
        home = "/"
    entries = entries_for(request) if user and user.is_authenticated else []
    cut = IN_SIGHT if len(entries) > IN_SIGHT + 1 else len(entries)
    more = entries[cut:]
    return {
        "navigation": entries[:cut],
        "navigation_more": more,
        "navigation_beyond": next((entry for entry in more if entry["is_current"]), None),
        "home_url": home,
    }
