from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.collection.models import DataValue, Submission
from apps.organisations.models import Organisation
from apps.reviews.enums import BulkState, ReturnReason, ReviewStatus, SampleVerdict
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
    correct_by = models.DateField(_("to be corrected by"), null=True, blank=True)

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


class ReviewClaim(models.Model):
    """Who is reading a waiting part just now; it lapses by itself at `until`."""

    review = models.OneToOneField(OfficeReview, models.CASCADE, related_name="claim")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(since__lt=models.F("until")), name="review_claim_lapses"),
        ]

    def __str__(self) -> str:
        return f"{self.review_id} by {self.by_id}"


class BulkAcceptance(models.Model):
    """Many parts without anything unusual accepted together, after a look at a sample drawn by `seed`.

    Kept as the record of what was looked at: one that found a mistake is stopped and accepts nothing.
    """

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    seed = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=BulkState, default=BulkState.OPEN)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["by"], condition=Q(state="open"), name="bulk_acceptance_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="open", finished_at__isnull=True)
                | (~Q(state="open") & Q(finished_at__isnull=False)),
                name="bulk_acceptance_finish_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by_id} {self.state}"


class BulkItem(models.Model):
    """One part of a bulk acceptance as it was when the sample was drawn."""

    bulk = models.ForeignKey(BulkAcceptance, models.CASCADE, related_name="items")
    review = models.ForeignKey(OfficeReview, models.CASCADE, related_name="bulk_items")
    version = models.PositiveBigIntegerField()
    is_sampled = models.BooleanField(default=False)
    verdict = models.CharField(max_length=10, choices=SampleVerdict, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    is_accepted = models.BooleanField(default=False)
    left_because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["bulk", "review"], name="bulk_item_once"),
            models.CheckConstraint(condition=Q(verdict="") | Q(is_sampled=True), name="bulk_item_seen"),
        ]

    def __str__(self) -> str:
        return f"{self.bulk_id} {self.review_id}"
