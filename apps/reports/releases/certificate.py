"""What a release says of itself, for the file that whoever releases may keep outside the platform."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.dashboards import wording
from apps.reports.releases.models import Release


def facts_of(release: Release) -> list[tuple[str, str]]:
    """Return the facts of a release with their names; its plan and who released it are selected."""
    found = [
        (_("Plan"), wording.in_language(release.plan, "title")),
        (_("Quarter"), wording.quarter_name(release.quarter)),
        (_("Version"), str(release.version)),
        (_("Released on"), release.business_date.isoformat()),
        (_("Released by"), release.released_by.name),
        (_("SHA-256"), release.sha256),
    ]
    if release.reason:
        found.append((_("Why a new version"), release.reason))
    return found


def certificate_of(release: Release) -> str:
    """Return the facts as lines of text."""
    return "".join(f"{name}: {text}\r\n" for name, text in facts_of(release))
