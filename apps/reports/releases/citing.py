"""Releases where their figures are shown or about to be changed: on the overview, before an acceptance."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.collection.models import Period
from apps.dashboards.citing import Citation
from apps.dashboards.selectors import Scope
from apps.reports.jobs.releases import release_name
from apps.reports.releases.corrections import indicators_corrected
from apps.reports.releases.models import Release
from apps.rollups.impact import Moved


def citing(scope: Scope) -> list[Citation]:
    """Return the latest release of the scope's quarter, and whether its figures have moved on."""
    own = Release.objects.visible_to(scope.user).filter(plan=scope.plan, quarter=scope.quarter).light()
    release = own.select_related("plan").order_by("-version").first()
    if release is None:
        return []
    is_outdated = bool(indicators_corrected(release))
    text = _("Corrected since, no new version yet") if is_outdated else _("Released")
    said = f"{text} · {name_of(release)} · {release.business_date.isoformat()}"
    return [Citation(said, address_of(release), is_outdated)]


def touching(user: User, period: Period, moved: Sequence[Moved]) -> list[Citation]:
    """Return the latest releases that hold the period, each with how many of its indicators would move."""
    held = Release.objects.visible_to(user).filter(plan=period.plan_id, quarter__gte=period.quarter)
    return [
        Citation(_touched(release, moved), address_of(release), is_outdated=True)
        for release in held.light().latest_versions().select_related("plan").order_by("quarter")
    ]


def _touched(release: Release, moved: Sequence[Moved]) -> str:
    count = len({row.indicator.pk for row in moved if row.period.quarter <= release.quarter})
    if not count:
        return _(
            "%(release)s: no total of it would change, a school's own figures may; an erratum would say so."
        ) % {"release": name_of(release)}
    return ngettext(
        "%(release)s: %(count)d indicator would change; a new version with an erratum is needed.",
        "%(release)s: %(count)d indicators would change; a new version with an erratum is needed.",
        count,
    ) % {"release": name_of(release), "count": count}


def name_of(release: Release) -> str:
    """Return a release as people call it; its plan is selected."""
    return release_name({"year": release.plan.year, "quarter": release.quarter, "version": release.version})


def address_of(release: Release) -> str:
    return reverse("reports:release", args=[release.plan.year, release.quarter, release.version])
