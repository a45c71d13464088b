from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.organisations.enums import Stage
from apps.plans.models import DataElement

LONGEST_SECONDS = 900


class FillTime(models.Model):
    """Seconds that somebody was at one fact of a return, over all sittings; who it was is not kept."""

    submission = models.ForeignKey("collection.Submission", models.CASCADE, related_name="fill_times")
    element = models.ForeignKey(DataElement, models.CASCADE, related_name="fill_times")
    stage = models.CharField(_("stage"), max_length=20, choices=Stage)
    seconds = models.PositiveSmallIntegerField(_("seconds"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "element", "stage"], name="fill_time_once"),
            models.CheckConstraint(
                condition=Q(seconds__gt=0, seconds__lte=LONGEST_SECONDS), name="fill_time_is_plausible"
            ),
        ]
        indexes = [models.Index(fields=["element", "seconds"], name="fill_time_of_element")]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.element_id} {self.seconds} s"
