from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.jobs.models import Job, JobFile

__all__ = ["BusinessClock", "Heartbeat", "Job", "JobFile"]


class BusinessClock(models.Model):
    """The one row that may hold "today" still, so that a demonstration stands inside its plan year."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    fixed_date = models.DateField(_("fixed business date"), null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="business_clock_is_one_row")]

    def __str__(self) -> str:
        return str(self.fixed_date or "calendar")


class Heartbeat(models.Model):
    """When a recurring work was last done, in real time, with what it found (`detail`: counts by name)."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} {self.at}"
