from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from apps.accounts.enums import Role
from apps.organisations.models import RegionAncestor

if TYPE_CHECKING:
    from apps.accounts.models import User


class SubmissionQuerySet(models.QuerySet):
    """Submissions, scoped by reader."""

    def visible_to(self, user: User) -> Self:
        """Own organisation for school people; for the bureau every school and office of its region.

        Drafts of others stay with whoever writes them.
        """
        own = Q(organisation_id=user.organisation_id) if user.organisation_id else Q(pk__in=[])
        if user.is_school_member:
            return self.filter(own)
        below = RegionAncestor.objects.filter(ancestor=user.region_id).values("descendant")
        scoped = Q(organisation__region__in=below)  # a join under OR would repeat one's own returns
        if user.role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.LEADER, Role.DEPUTY, Role.OFFICE):
            return self.filter(own | (scoped & ~Q(status="draft") & ~Q(status="signing")))
        return self.none()


class EvidenceQuerySet(models.QuerySet):
    """Evidence files, visible to whoever may see their submission."""

    def visible_to(self, user: User) -> Self:
        from apps.collection.models import Submission

        return self.filter(submission__in=Submission.objects.visible_to(user).values("pk"))

    def for_list(self) -> Self:
        """With what a list of files shows of each."""
        return self.select_related("element", "uploaded_by", "erased_by")
