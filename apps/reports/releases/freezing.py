"""Releasing a quarter as people do it: after its checklist, with what they have read, once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock
from apps.plans.models import AnnualPlan
from apps.reports.releases import checklist
from apps.reports.releases.checklist_facts import checklist_of
from apps.reports.releases.models import Release
from apps.reports.releases.services import FASTER, release_make


def release_freeze(
    *,
    plan: AnnualPlan,
    quarter: int,
    version: int,
    by: User,
    acknowledged: Collection[str],
    reason: str = "",
    notes: str = "",
) -> Release:
    """Release a quarter as the version that `by` was shown as the next one.

    The checklist is looked at again at the moment that is frozen. Asked for again after it was made (a worker
    died before it could say so), the version that there is comes back.

    Args:
        acknowledged: the tokens of the warnings that `by` says to have read.

    Raises:
        PermissionDenied: `by` does not release for this region.
        ValidationError: errors in the checklist, warnings nobody has read, a version without its reason, or
            somebody else was faster.
    """
    made = Release.objects.filter(plan=plan, quarter=quarter, version=version).light().first()
    if made is not None:
        if made.released_by_id == by.pk and made.reason == reason.strip() and made.notes == notes.strip():
            return made
        raise ValidationError(FASTER)

    def inspect() -> list[dict[str, Any]]:
        return _inspected(plan, quarter, by, acknowledged)

    return release_make(
        plan=plan, quarter=quarter, by=by, reason=reason, notes=notes, version=version, inspect=inspect
    )


def _inspected(
    plan: AnnualPlan, quarter: int, by: User, acknowledged: Collection[str]
) -> list[dict[str, Any]]:
    """Return what the release keeps of its checklist."""
    findings = checklist_of(plan, quarter=quarter, by=by)
    if checklist.errors_in(findings):
        raise ValidationError(_("Something is still to be settled; the checklist says what."))
    if checklist.unread(findings, acknowledged):
        raise ValidationError(
            _("There are points in the checklist that you have not marked as read, or that have changed.")
        )
    return checklist.kept(findings, by=by.name, on=clock.today())
