from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.reports.schedules.enums import When

LAST_DAY = 28


@pghistory.track(model_name="ReportScheduleHistory")
class ReportSchedule(models.Model):
    """A report that its recipients get by themselves. It looks forward only, from `since` on."""

    region = models.ForeignKey("organisations.Region", models.PROTECT, related_name="+")
    kind = models.CharField(_("report"), max_length=40)
    reach = models.CharField(_("for whom"), max_length=12, default="internal")
    when = models.CharField(_("when"), max_length=10, choices=When)
    day = models.PositiveSmallIntegerField(_("day of the month"), null=True, blank=True)
    recipients: models.ManyToManyField = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("recipients")
    )
    is_on = models.BooleanField(_("active"), default=True)
    since = models.DateField(_("since"))
    since_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(when="monthly", day__gte=1, day__lte=LAST_DAY)
                | Q(when="release", day__isnull=True),
                name="report_schedule_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.when} {self.day or ''}".strip()


class ReportDelivery(models.Model):
    """One recipient's report of one occasion (`release:12`, `month:2025-12`): made once, told once."""

    schedule = models.ForeignKey(ReportSchedule, models.CASCADE, related_name="deliveries")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    occasion = models.CharField(max_length=20)
    period = models.ForeignKey("collection.Period", models.PROTECT, related_name="+")
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "user", "occasion"], name="report_delivery_once_an_occasion"
            )
        ]
        indexes = [
            models.Index(
                fields=["job"], condition=Q(told_at__isnull=True, problem=""), name="report_delivery_untold"
            )
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id} {self.occasion} {self.user_id}"
