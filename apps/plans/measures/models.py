from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.kept import ERASED_RULE, Kept
from apps.plans.enums import MeasureStatus, StepStatus
from apps.plans.measures.querysets import MeasureEvidenceQuerySet


@pghistory.track(model_name="MeasureStepHistory")
class MeasureStep(models.Model):
    """One dated step towards a measure."""

    measure = models.ForeignKey(
        "plans.Measure", models.CASCADE, related_name="steps", verbose_name=_("measure")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("step"), max_length=120)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=StepStatus, default=StepStatus.OPEN)

    class Meta:
        verbose_name = _("step of a measure")
        verbose_name_plural = _("steps of measures")
        ordering = ["measure", "position"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "position"], name="measure_step_position_once"),
            models.CheckConstraint(
                condition=Q(status="done", done_on__isnull=False)
                | (~Q(status="done") & Q(done_on__isnull=True)),
                name="measure_step_done_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MeasureUpdate(models.Model):
    """One change of a measure's status, or a note on its progress while the status stays; never rewritten."""

    measure = models.ForeignKey("plans.Measure", models.CASCADE, related_name="updates")
    from_status = models.CharField(max_length=20, choices=MeasureStatus)
    to_status = models.CharField(max_length=20, choices=MeasureStatus)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    business_date = models.DateField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(to_status__in=["completed", "returned", "delayed", "cancelled"]) | ~Q(note=""),
                name="measure_update_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.from_status} → {self.to_status}"

    @property
    def is_note(self) -> bool:
        """The status stayed: somebody wrote down how far the measure is."""
        return self.from_status == self.to_status


class MeasureEvidence(Kept):
    """A file that supports what the lead office says; optional, for it and whoever may close the measure."""

    measure = models.ForeignKey("plans.Measure", models.CASCADE, related_name="evidence")
    file = models.FileField(_("file"), upload_to="measures/%Y/%m/")

    objects = MeasureEvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["uploaded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "sha256"],
                condition=Q(erased_at__isnull=True),
                name="measure_evidence_file_once",
            ),
            models.CheckConstraint(condition=ERASED_RULE, name="measure_evidence_erasing_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.original_name
