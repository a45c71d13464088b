from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.collection.models import DataValue, Submission
from apps.organisations.models import Organisation
from apps.reviews.enums import ReturnReason, ReviewStatus
from apps.reviews.querysets import OfficeReviewQuerySet


@pghistory.track(model_name="OfficeReviewHistory")
class OfficeReview(models.Model):
    """One office's part of a submission: the facts of the indicators it leads.

    A school's return holds facts of several offices; each accepts or returns its own part. For an office's
    own figures the reviewing office is another one (`PlanPolicy.cross_review_office`).
    """

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="reviews")
    office = models.ForeignKey(Organisation, models.PROTECT, related_name="reviews")
    status = models.CharField(_("status"), max_length=10, choices=ReviewStatus, default=ReviewStatus.WAITING)
    waiting_since = models.DateField(_("waiting since"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)

    objects = OfficeReviewQuerySet.as_manager()

    class Meta:
        ordering = ["waiting_since", "submission"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "office"], name="office_review_once"),
            models.CheckConstraint(
                condition=Q(status="waiting") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="office_review_decision_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} by {self.office_id}"


class FieldReturn(models.Model):
    """One fact sent back with a reason; open until the school submits again."""

    review = models.ForeignKey(OfficeReview, models.CASCADE, related_name="returns")
    value = models.ForeignKey(DataValue, models.CASCADE, related_name="returns")
    reason = models.CharField(_("reason"), max_length=20, choices=ReturnReason)
    text = models.CharField(_("what to do"), max_length=300, blank=True)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    returned_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["returned_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["value"], condition=Q(resolved_at__isnull=True), name="field_return_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(reason="other") | ~Q(text=""), name="field_return_other_says_what"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value_id} {self.reason}"

    @property
    def asks_for_figure(self) -> bool:
        """The figure itself is in doubt, so that it has to be corrected or explained."""
        return self.reason not in (ReturnReason.EVIDENCE, ReturnReason.PERSONAL_DATA)
