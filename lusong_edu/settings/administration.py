"""The look and the navigation of the administration at /admin/."""

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def _item(title: object, address: str) -> dict[str, object]:
    return {"title": title, "link": reverse_lazy(address)}


def _models(*names: tuple[object, str]) -> list[dict[str, object]]:
    return [_item(title, f"admin:{model}_changelist") for title, model in names]


# Plain colours: Chromium 109 does not know oklch.
_SHADES = ("50", "100", "200", "300", "400", "500", "600", "700", "800", "900", "950")
_BLUE = ("eaf1fa", "d6e4f5", "b3cdec", "86afdf", "538bcc", "2f6fbb", "1c5fb0", "154a8a", "113c70", "0d2f58")
_GREY = ("f6f7f9", "eef0f3", "e3e7ec", "cdd4dc", "94a1b1", "586575", "47525f", "36404b", "242c36", "17212e")
_DARKEST = ("081f3b", "0e151e")

UNFOLD = {
    "SITE_TITLE": _("Administration"),
    "SITE_HEADER": _("Administration"),
    "SITE_SUBHEADER": _("Lusong Education Target Tracker"),
    "SITE_URL": "/",
    "SITE_ICON": lambda request: static("img/mark.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/mark.svg")}
    ],
    "THEME": "light",
    "BORDER_RADIUS": "6px",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "COLORS": {
        "base": dict(zip(_SHADES, (f"#{shade}" for shade in (*_GREY, _DARKEST[1])), strict=True)),
        "primary": dict(zip(_SHADES, (f"#{shade}" for shade in (*_BLUE, _DARKEST[0])), strict=True)),
    },
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": [
            {
                "title": _("Plan"),
                "items": _models(
                    (_("Annual plans"), "plans_annualplan"),
                    (_("Task areas"), "plans_taskarea"),
                    (_("Indicators"), "plans_indicator"),
                    (_("Data elements"), "plans_dataelement"),
                    (_("Measures"), "plans_measure"),
                    (_("Targets"), "plans_targetrevision"),
                    (_("Baselines"), "plans_baseline"),
                ),
            },
            {
                "title": _("Collection"),
                "items": [
                    *_models(
                        (_("Periods"), "collection_period"),
                        (_("Assignments"), "collection_assignment"),
                        (_("Policies"), "plans_planpolicy"),
                    ),
                    _item(_("What is asked"), "dashboards:settings"),
                    _item(_("Asked indicators"), "dashboards:switches"),
                ],
            },
            {
                "title": _("Organisations and people"),
                "items": _models(
                    (_("Schools and offices"), "organisations_organisation"),
                    (_("Events of schools"), "organisations_organisationevent"),
                    (_("Accounts"), "accounts_user"),
                ),
            },
            {
                "title": _("Tools"),
                "items": [
                    _item(_("Import and export"), "reports:exchange"),
                    _item(_("Changes"), "dashboards:audit"),
                    _item(_("Dictionary"), "dashboards:dictionary"),
                    _item(_("Back to the platform"), "home"),
                ],
            },
        ],
    },
}
