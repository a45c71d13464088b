"""The main navigation by role. An item whose address does not exist is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.enums import BUREAU_ROLES, Role
from apps.accounts.models import User
from apps.accounts.permissions import (
    Predicate,
    confirms_targets,
    has_role,
    is_administrator,
    is_auditor,
    is_reporter,
    is_school_member,
    manages_accounts,
    manages_settings,
    reads_changes,
)


@dataclass(frozen=True)
class Entry:
    label: str | Promise
    view: str
    who: Predicate
    own_organisation: bool = False

    def address(self, user: User) -> str | None:
        """Return the entry's address for `user`, None where there is none."""
        if not self.who(user):
            return None
        try:
            return reverse(self.view, args=[user.organisation_id] if self.own_organisation else None)
        except NoReverseMatch:
            return None


ENTRIES = (
    Entry(_("Home"), "home", has_role(*Role)),
    Entry(_("Report"), "collection:form", is_reporter | has_role(Role.PRINCIPAL, Role.OFFICE)),
    Entry(_("My school"), "dashboards:school", is_school_member, own_organisation=True),
    Entry(_("Review"), "reviews:queue", has_role(Role.OFFICE, Role.DEPUTY)),
    Entry(_("Overview"), "dashboards:overview", has_role(*BUREAU_ROLES)),
    Entry(_("Measures"), "dashboards:measures", has_role(*BUREAU_ROLES)),
    Entry(_("Completeness"), "dashboards:completeness", has_role(*BUREAU_ROLES)),
    Entry(_("Chasing"), "collection:chasing", has_role(Role.OFFICE, Role.DEPUTY)),
    Entry(_("Schools"), "dashboards:schools", has_role(*BUREAU_ROLES)),
    Entry(_("National evaluations"), "dashboards:evaluations", has_role(*BUREAU_ROLES)),
    Entry(_("Reports"), "reports:school_releases", is_school_member),
    Entry(_("Releases"), "reports:releases", has_role(*BUREAU_ROLES)),
    Entry(_("My reports"), "reports:mine", has_role(*Role)),
    Entry(_("Targets"), "dashboards:targets", confirms_targets),
    Entry(_("Accounts"), "accounts:users", manages_accounts),
    Entry(_("Import and export"), "reports:exchange", is_administrator),
    Entry(_("Settings"), "dashboards:settings", manages_settings),
    Entry(_("Operations"), "dashboards:operations", manages_settings),
    Entry(_("Dictionary"), "dashboards:dictionary", has_role(*Role)),
    Entry(_("Changes"), "dashboards:audit", reads_changes),
    Entry(_("Security log"), "accounts:security", is_auditor),
)


def entries_for(request: HttpRequest) -> list[dict[str, Any]]:
    """Return label, url and is_current of each entry that the request's user has."""
    user: Any = request.user
    found = [(entry.label, entry.address(user)) for entry in ENTRIES]
    home = found[0][1]
    return [
        {
            "label": label,
            "url": url,
            "is_current": request.path == url if url == home else request.path.startswith(url),
        }
        for label, url in found
        if url
    ]
