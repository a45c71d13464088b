"""Leaders are told when figures of the latest release of a quarter have been corrected, once a release."""

from __future__ import annotations

from django.utils import translation

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.collection.chasing.enums import NoticeKind
from apps.collection.chasing.notices import report_notice_give
from apps.collection.models import Period
from apps.reports.releases.citing import address_of, name_of
from apps.reports.releases.corrections import indicators_corrected
from apps.reports.releases.models import Release

TOLD = (Role.LEADER, Role.ADMINISTRATOR)


def corrections_tell() -> int:
    """Tell whoever may release of latest versions that no longer hold; return how many notices are new."""
    return sum(
        _tell(release)
        for release in Release.objects.light().latest_versions().select_related("plan__region")
        if indicators_corrected(release)
    )


def _tell(release: Release) -> int:
    period = Period.objects.get(plan=release.plan_id, quarter=release.quarter)
    people = User.objects.filter(region=release.plan.region_id, role__in=TOLD, is_active=True)
    step = f"corrected:{release.pk}"
    untold = people.exclude(notices__step=step, notices__period=period)
    with translation.override("zh-hans"):
        name = name_of(release)
    for user in untold:
        report_notice_give(
            user=user,
            period=period,
            text=name,
            link=address_of(release),
            step=step,
            kind=NoticeKind.CORRECTED,
        )
    return len(untold)
